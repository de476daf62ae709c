// The only place that opens a connection: transactions bound to one partner, and the sign-in role before one is known.
import { AsyncLocalStorage } from "node:async_hooks";
import type { Duplex } from "node:stream";
import {
  CamelCasePlugin,
  CompiledQuery,
  createQueryId,
  type DatabaseConnection,
  Kysely,
  type LogEvent,
  PostgresAdapter,
  PostgresDriver,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
  type RootOperationNode,
  sql,
  type Transaction,
} from "kysely";
import pg from "pg";
import { env } from "#server/env.ts";
import type { DB } from "./types.ts";

/**
 * Names of columns and types as they stand in a statement that is built from a list of ours; never what anybody gave.
 * Throws on anything but names, quotes around them, dots, commas, equals signs and the brackets of array types.
 */
export function verbatim(names: string): RawBuilder<unknown> {
  if (!/^[\w". ,=[\]]*$/.test(names)) throw new Error("not a list of names");
  return sql.raw(names);
}

declare const scoped: unique symbol;
declare const system: unique symbol;
/** A transaction bound to one partner (and, for a customer's user, to one customer). Query functions take nothing else. */
export type ScopedDb = Transaction<DB> & { readonly [scoped]: true };
/** The sign-in role's handle: people, sessions, memberships and limits, before a partner is known. */
export type SystemDb = Kysely<DB> & { readonly [system]: true };

/** Whose rows a transaction may touch. `memberAll`: all customers and none denied, the short cut of visible_customer. */
export type Scope = {
  partnerId: string;
  customerId?: string | null;
  memberId?: string | null;
  memberAll?: boolean;
};
export type Role = "web" | "worker" | "signin";
export type Mode = "read only" | "read write";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** NOTE: the only text that reaches SQL unquoted; anything but a UUID throws. */
const setting = (name: string, value: string | null | undefined): string => {
  if (value === null || value === undefined) return "";
  if (!uuid.test(value)) throw new Error(`${name} is not a UUID`);
  return `; set local app.${name} = '${value}'`;
};

const opening = new AsyncLocalStorage<string>();

class ScopedDriver extends PostgresDriver {
  /** BEGIN and the settings travel in one message: one round trip instead of two (decision 6). */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(opening.getStore() ?? "start transaction"));
  }
}

/** Numbers stay exact: bigint and numeric arrive as text, dates as YYYY-MM-DD, instants as Date. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    (oid === pg.types.builtins.DATE
      ? (value: string) => value
      : pg.types.getTypeParser(oid, format)) as never,
};

const poolSize: Record<Role, number> = { web: 12, worker: 6, signin: 6 };
const statementTimeoutMs: Record<Role, number> = { web: 15_000, worker: 60_000, signin: 5_000 };
const urlOf = (role: Role) =>
  ({ web: env().WEB_DATABASE_URL, worker: env().WORKER_DATABASE_URL, signin: env().SIGNIN_DATABASE_URL })[
    role
  ];

/** Longer than the server lets a statement run: when nothing has come by then, the line is dead and nobody said so. */
const GRACE_MS = 5_000;

/** The names under which every connection keeps the plans of statements, by their text (executeKept). */
const keptPlans = new Map<string, string>();
/** A plan of the list takes some 230 KB of every connection that keeps it: at most 15 MB of each. */
const MOST_KEPT = 64;

/**
 * The rows of a statement that is asked all day. Each connection plans it once: planning those of the list takes longer
 * than running them. Only for texts of which there are few, and whose best plan is the same whatever their values.
 */
export async function executeKept<Row>(db: Kysely<DB>, statement: CompiledQuery<Row>): Promise<Row[]> {
  if (!keptPlans.has(statement.sql) && keptPlans.size < MOST_KEPT)
    keptPlans.set(statement.sql, `kept ${keptPlans.size + 1}`);
  return (await db.executeQuery(statement)).rows;
}

/** The arguments of a client's query, with the name under which its plan is kept where it has one. */
function naming(given: unknown[]): unknown[] {
  const [text, values, ...rest] = given;
  const name = typeof text === "string" ? keptPlans.get(text) : undefined;
  return name === undefined ? given : [{ name, text, values }, ...rest];
}

/**
 * Listens to a connection while it is in use, when its pool does not: one that breaks then would end the process. And
 * closes it when a statement outlives its time, so that its transaction fails and it is not used again.
 */
function guardConnection(client: pg.PoolClient, role: Role): void {
  client.on("error", () => undefined);
  const { stream } = (client as pg.PoolClient & { connection: { stream: Duplex } }).connection;
  const query = client.query.bind(client) as (...given: unknown[]) => unknown;
  const guarded = (...given: unknown[]): unknown => {
    const answer = query(...naming(given));
    if (!(answer instanceof Promise)) return answer;
    const timer = setTimeout(() => stream.destroy(), statementTimeoutMs[role] + GRACE_MS);
    return answer.finally(() => clearTimeout(timer));
  };
  client.query = guarded as typeof client.query;
}

type Listener = (event: LogEvent) => void;
let listener: Listener | undefined;
/** Hands every statement to a test that reads SQL; undefined ends it. */
export function onStatement(next: Listener | undefined): void {
  listener = next;
}

const open = new Map<Role, Kysely<DB>>();
function connect(role: Role): Kysely<DB> {
  const known = open.get(role);
  if (known) return known;
  const url = urlOf(role);
  if (!url) throw new Error(`This process was not given the database role ${role}.`);
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize[role],
    types,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    statement_timeout: statementTimeoutMs[role],
    idle_in_transaction_session_timeout: 60_000,
    application_name: `belvedere-${role}`,
  });
  // A connection that breaks while idle is replaced at its next use; without a listener it would end the process.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => guardConnection(client, role));
  const db = new Kysely<DB>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new ScopedDriver({ pool }),
      createIntrospector: (it) => new PostgresIntrospector(it),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
    log: (event) => listener?.(event),
  });
  open.set(role, db);
  return db;
}

const beginning = (mode: string, scope: Scope): string =>
  `start transaction ${mode}${setting("partner_id", scope.partnerId)}${setting("customer_id", scope.customerId)}` +
  `${setting("member_id", scope.memberId)}${scope.memberAll ? "; set local app.member_all = 'on'" : ""}`;

/** Runs `work` in one transaction that sees the rows of `scope` alone; rolls back when it throws. */
export function withScope<T>(
  scope: Scope,
  mode: Mode,
  work: (db: ScopedDb) => Promise<T>,
  role: Role = "web",
): Promise<T> {
  return opening.run(beginning(mode, scope), () =>
    connect(role)
      .transaction()
      .execute((db) => work(db as ScopedDb)),
  );
}

/** The sign-in role's statements, each its own transaction. Every caller says why it needs no partner. */
export function asSystem<T>(_why: string, work: (db: SystemDb) => Promise<T>): Promise<T> {
  return work(connect("signin") as SystemDb);
}

/** The partners there are: what the worker walks, one scope after the other. */
export function listPartnerIds(): Promise<string[]> {
  return connect("worker")
    .selectFrom("partner")
    .select("id")
    .orderBy("id")
    .execute()
    .then((rows) => rows.map((row) => row.id));
}

/** Libraries' statements are short: a line that does not answer by then is closed by its pool. */
const LIBRARY_TIMEOUT_MS = 15_000;

/** A plain pool on a role's URL, for libraries that bring their own statements (job queue, rate limits). */
export function rawPool(role: Role, max: number, timeoutMs = LIBRARY_TIMEOUT_MS): pg.Pool {
  const pool = new pg.Pool({
    connectionString: urlOf(role),
    max,
    connectionTimeoutMillis: 10_000,
    query_timeout: timeoutMs,
    application_name: `belvedere-${role}-library`,
  });
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

/** What any query, or part of one, of Kysely is before it becomes text. */
export type Statement = { toOperationNode(): RootOperationNode };

/** COPY takes no parameters, so its values stand in the statement (decision 6); the one place where they do. */
class LiteralCompiler extends PostgresQueryCompiler {
  protected override appendValue(value: unknown): void {
    this.append(literal(value));
  }
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))) return `${value}`;
  if (value instanceof Date) return pg.escapeLiteral(value.toISOString());
  if (Array.isArray(value)) {
    const items = value.map((item) => `"${String(item).replaceAll(/["\\]/g, "\\$&")}"`);
    return pg.escapeLiteral(`{${items.join(",")}}`);
  }
  if (typeof value === "string") return pg.escapeLiteral(value);
  throw new Error("not a value for a statement without parameters");
}

/** The statement as text with its values in it. */
export const withLiterals = (statement: Statement): string =>
  new LiteralCompiler().compileQuery(statement.toOperationNode(), createQueryId()).sql;

/** Connections for what takes longer than a request, so that slow readers leave those of pages alone. */
const MOST_SNAPSHOTS = 4;
/** A million rows over a slow line. */
const SNAPSHOT_MS = 30 * 60_000;
let snapshots: pg.Pool | undefined;

/**
 * A connection of its own in a read-only snapshot of `scope`, in which a statement may take SNAPSHOT_MS; undefined: all are
 * taken. Whoever asks gives it back by `release(true)`, which ends whatever still runs.
 */
export async function openSnapshot(scope: Scope): Promise<pg.PoolClient | undefined> {
  snapshots ??= rawPool("web", MOST_SNAPSHOTS, SNAPSHOT_MS);
  if (snapshots.totalCount >= MOST_SNAPSHOTS && snapshots.idleCount === 0) return undefined;
  const client = await snapshots.connect();
  try {
    await client.query(
      `${beginning("isolation level repeatable read read only", scope)}; set local statement_timeout = ${SNAPSHOT_MS}`,
    );
    return client;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/** Ends all connections of this process. */
export async function closeDatabase(): Promise<void> {
  const all = [...open.values()];
  open.clear();
  const last = snapshots;
  snapshots = undefined;
  await Promise.all([...all.map((db) => db.destroy()), last?.end()]);
}
