// The OpenAPI document of the public API, made from the schemas that its handlers check with; in each language.
import { z } from "zod";
import type { Language } from "#locales/languages.ts";
import { errorText, resources } from "#locales/resources.ts";
import { env } from "#server/env.ts";
import { AppError, type AppErrorCode } from "#server/errors.ts";
import {
  answerSchemas,
  type Operation,
  type OperationId,
  operationIds,
  operations,
  requestSchemas,
  tokenErrors,
} from "./rules.ts";
import type { ApiDocument, ApiOperation, ApiResponse, JsonSchema } from "./schema.ts";

const SUPPORT_ID = "0199f6b0-5c1e-7d2a-9a43-000000000000";
const refTo = (name: string): string => `#/components/schemas/${name}`;

type Texts = (typeof resources)[Language]["api-docs"];
/** What each field of a schema is, by `Schema` and the field's path with `_` between its parts. */
type FieldTexts = Record<string, Record<string, string>>;

function schemasOf(schemas: Record<string, z.ZodType>, io: "input" | "output"): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id });
  const made = z.toJSONSchema(registry, {
    io,
    uri: refTo,
    override: ({ jsonSchema }) => {
      // The format says it; the expression is a page long.
      if (jsonSchema.format === "date-time" || jsonSchema.format === "date" || jsonSchema.format === "uuid")
        delete jsonSchema.pattern;
      delete jsonSchema.$schema;
      delete jsonSchema.$id;
    },
  }) as { schemas: Record<string, JsonSchema> };
  return made.schemas;
}

function described(schema: JsonSchema, texts: Record<string, string>, path: string): JsonSchema {
  const result: JsonSchema = { ...schema };
  if (schema.properties)
    result.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, inner]) => {
        const key = path === "" ? name : `${path}_${name}`;
        const text = texts[key];
        return [name, { ...described(inner, texts, key), ...(text !== undefined && { description: text }) }];
      }),
    );
  if (schema.items) result.items = described(schema.items, texts, path);
  if (schema.anyOf) result.anyOf = schema.anyOf.map((one) => described(one, texts, path));
  return result;
}

const components = (texts: Texts): Record<string, JsonSchema> =>
  Object.fromEntries(
    Object.entries({ ...schemasOf(requestSchemas, "input"), ...schemasOf(answerSchemas, "output") }).map(
      ([name, { $schema: _, $id: __, ...schema }]: [
        string,
        JsonSchema & { $schema?: string; $id?: string },
      ]) => [name, described(schema, (texts.field as FieldTexts)[name] ?? {}, "")],
    ),
  );

const json = (name: string, values: Record<string, unknown>) => ({
  "application/json": {
    schema: { $ref: refTo(name) },
    examples: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { value }])),
  },
});

/** The refusals of an operation by their status, each code with its sentence. */
function refusals(codes: readonly AppErrorCode[], language: Language): Record<string, ApiResponse> {
  const byStatus = Map.groupBy(codes, (code) => new AppError(code).status);
  return Object.fromEntries(
    [...byStatus].map(([status, of]) => [
      String(status),
      {
        description: of.join(", "),
        content: json(
          "Error",
          Object.fromEntries(
            of.map((code) => [
              code,
              { error: { code, message: errorText(language, code).message, supportId: SUPPORT_ID } },
            ]),
          ),
        ),
      },
    ]),
  );
}

const schemaOfParameter = (schema: z.ZodType): JsonSchema => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input" }) as JsonSchema & {
    $schema?: string;
  };
  return rest;
};

function describedOperation(id: OperationId, language: Language, texts: Texts): ApiOperation {
  const operation: Operation = operations[id];
  const { permission, parameters, body, answers, errors } = operation;
  const words = texts.operation[id];
  const parameterTexts = texts.parameter as Record<string, string>;
  const answerTexts = texts.answer as Record<string, string>;
  return {
    operationId: id,
    summary: words.title,
    description: words.description,
    ...(permission === null ? { security: [] } : { "x-permission": permission }),
    ...(parameters.length > 0 && {
      parameters: parameters.map(({ name, in: place, schema, example }) => ({
        name,
        in: place,
        required: place === "path" || place === "header",
        description: parameterTexts[name.replace("-", "")] ?? "",
        schema: schemaOfParameter(schema),
        ...(example !== "" && { example }),
      })),
    }),
    ...(body && {
      requestBody: {
        required: true as const,
        description: texts.body,
        content: json(body.schema, body.examples),
      },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [
          status,
          {
            description: answerTexts[`${id}_${status}`] ?? "",
            ...(answer && { content: json(answer.schema, { answer: answer.example }) }),
          },
        ]),
      ),
      ...refusals(permission === null ? errors : [...tokenErrors, ...errors], language),
    },
  };
}

const made = new Map<Language, ApiDocument>();

/** The document with its sentences in `language`; made once per language. */
export function apiDocument(language: Language): ApiDocument {
  const known = made.get(language);
  if (known) return known;
  const texts: Texts = resources[language]["api-docs"];
  const paths: ApiDocument["paths"] = {};
  for (const id of operationIds) {
    const { path, method } = operations[id];
    paths[path] = { ...paths[path], [method]: describedOperation(id, language, texts) };
  }
  const document: ApiDocument = {
    openapi: "3.1.1",
    info: { title: texts.title, version: "1", description: texts.lead },
    servers: [{ url: env().origin }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: "http", scheme: "bearer", bearerFormat: "bvd_…", description: texts.security },
      },
      schemas: components(texts),
    },
  };
  made.set(language, document);
  return document;
}
