// The operations of the public API: what each takes, answers and refuses, with examples; the document is made from this.
import { z } from "zod";
import type { AppErrorCode } from "#server/errors.ts";
import type { Permission } from "#server/permissions.ts";
import { ApiError, SnapshotAccepted, SnapshotStatus } from "#server/snapshots/schema.ts";
import {
  AccountIdentity,
  AlertReport,
  ApplicationReport,
  DeviceReport,
  LicenceReport,
  SaasReport,
  Snapshot,
  type SnapshotInput,
} from "#server/sync/snapshot.ts";
import { Customers, CustomersQuery, SyncRuns, SyncStarted } from "./schema.ts";

/** Schemas of what is sent, by their name in the document. */
export const requestSchemas = {
  Snapshot,
  Account: AccountIdentity,
  Device: DeviceReport,
  Licence: LicenceReport,
  Alert: AlertReport,
  Application: ApplicationReport,
  SaasApplication: SaasReport,
};
/** Schemas of what is answered. */
export const answerSchemas = {
  SnapshotAccepted,
  SnapshotStatus,
  Customers,
  SyncRuns,
  SyncStarted,
  Error: ApiError,
};
export type RequestName = keyof typeof requestSchemas;
export type AnswerName = keyof typeof answerSchemas;

export const operationIds = [
  "pushSnapshot",
  "snapshotStatus",
  "listCustomers",
  "startSync",
  "listSyncRuns",
  "openApi",
] as const;
export type OperationId = (typeof operationIds)[number];

type Parameter = { name: string; in: "path" | "query" | "header"; schema: z.ZodType; example: string };
export type Operation = {
  method: "get" | "post";
  path: string;
  /** null: anybody may ask, without a token. */
  permission: Permission | null;
  parameters: readonly Parameter[];
  body: { schema: RequestName; examples: Record<string, SnapshotInput> } | null;
  answers: Record<number, { schema: AnswerName; example: unknown } | null>;
  errors: readonly AppErrorCode[];
};

/** What every operation with a token may refuse. */
export const tokenErrors: readonly AppErrorCode[] = [
  "auth.required",
  "token.invalid",
  "token.expired",
  "token.revoked",
  "token.mixed",
  "permission.denied",
  "request.tooMany",
  "unexpected",
];

const full: SnapshotInput = {
  version: 1,
  takenAt: "2026-11-21T06:30:00Z",
  account: {
    externalId: "ACC-1042",
    name: "Forneria Bianchi S.r.l.",
    domain: "forneria-bianchi.example",
    country: "IT",
    region: "eu",
    externalIds: ["erp-88120"],
    contacts: [
      { role: "administrator", firstName: "Ada", lastName: "Bianchi", email: "ada@forneria-bianchi.example" },
    ],
    address: { street: "Via Roma 1", city: "Torino", postalCode: "10121" },
    billing: "usage",
  },
  devices: [
    {
      externalId: "dev-1",
      hostname: "CASSA-01",
      type: "computer",
      os: "Windows 11 Pro",
      state: "active",
      health: "good",
      isProtected: true,
      person: "Ada Bianchi",
      manufacturer: "Lenovo",
      model: "ThinkCentre M70q",
      lastSeenAt: "2026-11-21T06:21:07Z",
    },
  ],
  licences: [
    {
      key: "endpoint-2026",
      productCode: "EP-ADV",
      productName: "Endpoint Advanced",
      category: "endpoint",
      kind: "monthly",
      owner: "partner",
      quantity: "25",
      used: "1",
      startsOn: "2026-01-01",
      endsOn: null,
    },
  ],
  alerts: [
    {
      externalId: "alert-7",
      severity: "high",
      product: "endpoint",
      category: "malware",
      description: "Malware found and quarantined",
      deviceExternalId: "dev-1",
      raisedAt: "2026-11-21T05:58:00Z",
    },
  ],
  applications: [{ externalId: "app-1", name: "7-Zip", manufacturer: "Igor Pavlov", installs: 1 }],
  saas: {
    applications: [
      { externalId: "saas-1", name: "Miro", users: 4, activeUsers: 3, yearlyCost: "480.00", currency: "EUR" },
    ],
    users: 4,
    activeUsers: 3,
  },
  unprotectedCount: 0,
  gaps: [],
};
/** Devices alone: what was not read stays as it is stored. */
const devicesOnly: SnapshotInput = {
  version: 1,
  takenAt: "2026-11-21T06:30:00Z",
  account: { externalId: "ACC-1042", name: "Forneria Bianchi S.r.l.", billing: "unknown" },
  devices: full.devices,
  licences: null,
  alerts: null,
  unprotectedCount: null,
  gaps: [{ part: "licences", reason: "not_reported" }],
};

const pushId = "0199f6b0-5c1e-7d2a-9a43-3f6d1c9e8b10";
const accepted: z.input<typeof SnapshotAccepted> = {
  id: pushId,
  state: "waiting",
  statusUrl: `/api/v1/snapshots/${pushId}`,
  replayed: false,
};
const status: z.input<typeof SnapshotStatus> = {
  id: pushId,
  state: "applied",
  accountExternalId: "ACC-1042",
  takenAt: "2026-11-21T06:30:00.000Z",
  receivedAt: "2026-11-21T06:30:04.112Z",
  finishedAt: "2026-11-21T06:30:04.698Z",
  error: null,
};
const customers: z.input<typeof Customers> = {
  rows: [
    {
      id: "0199f6b0-1111-7d2a-9a43-3f6d1c9e8b10",
      name: "Forneria Bianchi S.r.l.",
      domain: "forneria-bianchi.example",
      relationship: "delegated",
      status: "synced",
      statusSince: "2026-11-21T06:30:04.698Z",
    },
  ],
  next: null,
};
const runs: z.input<typeof SyncRuns> = {
  rows: [
    {
      id: "0199f6b0-2222-7d2a-9a43-3f6d1c9e8b10",
      connection: "Sophos",
      state: "running",
      accountsTotal: 2000,
      accountsDone: 812,
    },
  ],
};

const query = CustomersQuery.shape;
export const operations: Record<OperationId, Operation> = {
  pushSnapshot: {
    method: "post",
    path: "/api/v1/snapshots",
    permission: "snapshot:push",
    parameters: [
      {
        name: "Idempotency-Key",
        in: "header",
        schema: z
          .string()
          .min(1)
          .max(200)
          .regex(/^[\x21-\x7e]+$/),
        example: "ACC-1042-2026-11-21T06:30",
      },
    ],
    body: { schema: "Snapshot", examples: { full, devicesOnly } },
    answers: {
      202: { schema: "SnapshotAccepted", example: accepted },
      200: { schema: "SnapshotAccepted", example: { ...accepted, state: "applied", replayed: true } },
    },
    errors: [
      "token.required",
      "token.scope",
      "connection.notFound",
      "snapshot.noKey",
      "snapshot.invalid",
      "snapshot.future",
      "snapshot.keyReused",
      "snapshot.tooManyItems",
      "request.malformed",
      "request.tooLarge",
      "request.unsupportedType",
    ],
  },
  snapshotStatus: {
    method: "get",
    path: "/api/v1/snapshots/{id}",
    permission: "snapshot:push",
    parameters: [{ name: "id", in: "path", schema: z.uuid(), example: pushId }],
    body: null,
    answers: { 200: { schema: "SnapshotStatus", example: status } },
    errors: ["token.required", "snapshot.notFound"],
  },
  listCustomers: {
    method: "get",
    path: "/api/v1/customers",
    permission: "customer:list",
    parameters: [
      { name: "q", in: "query", schema: query.q, example: "" },
      { name: "status", in: "query", schema: query.status, example: "" },
      { name: "pageSize", in: "query", schema: query.pageSize, example: "50" },
      { name: "after", in: "query", schema: query.after, example: "" },
    ],
    body: null,
    answers: { 200: { schema: "Customers", example: customers } },
    errors: ["request.invalid"],
  },
  startSync: {
    method: "post",
    path: "/api/v1/sync",
    permission: "sync:startAll",
    parameters: [],
    body: null,
    answers: { 202: { schema: "SyncStarted", example: { answer: "sync.started" } } },
    errors: ["sync.noSource"],
  },
  listSyncRuns: {
    method: "get",
    path: "/api/v1/sync",
    permission: "sync:read",
    parameters: [],
    body: null,
    answers: { 200: { schema: "SyncRuns", example: runs } },
    errors: [],
  },
  openApi: {
    method: "get",
    path: "/api/v1/openapi.json",
    permission: null,
    parameters: [],
    body: null,
    answers: { 200: null },
    errors: [],
  },
};
