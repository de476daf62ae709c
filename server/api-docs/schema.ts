// The public API beside snapshots, and the OpenAPI document as far as its page reads it.
import { z } from "zod";
import { pageSizes, statuses } from "#server/customers/schema.ts";
import { SyncAnswer } from "#server/sync/schema.ts";

export const CustomersQuery = z.strictObject({
  q: z.string().trim().max(200).optional(),
  status: z.enum(statuses).optional(),
  after: z.string().max(600).optional(),
  pageSize: z.enum(pageSizes.map(String)).default("50"),
});

export const Customers = z.object({
  rows: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      domain: z.string().nullable(),
      relationship: z.enum(["managed", "delegated", "order_only"]),
      status: z.enum(statuses),
      statusSince: z.iso.datetime(),
    }),
  ),
  next: z.string().nullable(),
});

export const SyncRuns = z.object({
  rows: z.array(
    z.object({
      id: z.uuid(),
      connection: z.string(),
      state: z.enum(["queued", "running"]),
      accountsTotal: z.int().nullable(),
      accountsDone: z.int(),
    }),
  ),
});
export const SyncStarted = z.object(SyncAnswer.shape);

/** JSON Schema 2020-12 as the document holds it. */
export type JsonSchema = {
  $ref?: string;
  type?: string | string[];
  format?: string;
  pattern?: string;
  const?: unknown;
  enum?: unknown[];
  description?: string;
  default?: unknown;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  maxItems?: number;
  /** Longer text is cut there. */
  "x-cutAt"?: number;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
};
export type ApiMedia = {
  "application/json": { schema: JsonSchema; examples?: Record<string, { value: unknown }> };
};
export type ApiParameter = {
  name: string;
  in: "path" | "query" | "header";
  required: boolean;
  description: string;
  schema: JsonSchema;
  example?: string;
};
export type ApiResponse = { description: string; content?: ApiMedia };
export type ApiOperation = {
  operationId: string;
  summary: string;
  description: string;
  "x-permission"?: string;
  security?: Record<string, string[]>[];
  parameters?: ApiParameter[];
  requestBody?: { required: true; description: string; content: ApiMedia };
  responses: Record<string, ApiResponse>;
};
export type ApiDocument = {
  openapi: string;
  info: { title: string; version: string; description: string };
  servers: { url: string }[];
  security: Record<string, string[]>[];
  paths: Record<string, Record<string, ApiOperation>>;
  components: {
    securitySchemes: Record<string, Record<string, string>>;
    schemas: Record<string, JsonSchema>;
  };
};
