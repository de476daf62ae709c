import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AnyProcedure } from "@trpc/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { closeDatabase } from "#db/client.ts";
import { sessionCookieName } from "#server/auth/sessions.ts";
import { actionIds, definitionOf } from "#server/bulk/schema.ts";
import { env } from "#server/env.ts";
import {
  can,
  customerRoles,
  type Permission,
  partnerRoles,
  permissions,
  type RoleName,
} from "#server/permissions.ts";
import { handlerPermissions } from "#server/route.ts";
import { appRouter } from "#server/router.ts";
import { adminQuery } from "#tests/database.ts";
import {
  callerFor,
  makeCustomer,
  makeFullCustomer,
  makeMember,
  makePartner,
  type Member,
} from "#tests/factories.ts";
import { type Attempts, readAttempts } from "#tests/guards/attempts.ts";
import { repository } from "#tests/guards/tree.ts";

const roles = [...partnerRoles, ...customerRoles] as const;
const letters: Record<RoleName, string> = {
  superAdmin: "S",
  admin: "A",
  helpDesk: "H",
  business: "B",
  readOnly: "R",
  customerAdmin: "C",
  customerViewer: "V",
};

/**
 * The table of the roles page, row by row: who (Super Admin, Admin, Help Desk, Business, Read-only, Customer admin,
 * customer Viewer), "@" where the action is about one customer, then the capability it needs at a delegated one.
 */
const rolesPage: Record<string, string> = {
  "customer:list": "SAHBR",
  "customer:open": "SAHBRCV @",
  "metrics:read": "SAHRCV @ metrics",
  "licence:list": "SAHBR",
  "licence:read": "SAHBRCV @",
  "customer:edit": "SAB @",
  "contact:edit": "SABC @",
  "account:link": "SA",
  "customer:pin": "SAHBR @",
  "view:save": "SAHBR",
  "view:share": "SAB",
  "warning:handle": "SAH @",
  "alert:act": "SAH @ metrics",
  "service:add": "SAB @",
  "service:start": "SAB @ console",
  "service:hide": "SAB @",
  "licence:propose": "SAB @",
  "licence:answer": "C @",
  "licence:askFewer": "C @",
  "price:edit": "SB",
  "account:create": "SAB",
  "licence:edit": "SAB @",
  "licence:editOwned": "SAB @ licences",
  "trial:convert": "SAB @",
  "customer:unlink": "SA @",
  "customer:disconnect": "SA @",
  "group:manage": "S",
  "access:request": "SA @",
  "access:grant": "C @",
  "access:revoke": "C @",
  "customer:launch": "SAH @ console",
  "sync:start": "SAHC @ metrics",
  "sync:startAll": "SAH",
  "sync:read": "SAHBR",
  "sync:cancel": "SAH",
  "report:send": "SAHBC @ reports",
  "report:template": "SAB",
  "psa:read": "SAHBR",
  "psa:edit": "SAB",
  "connection:manage": "S",
  "connection:manageOwn": "C @",
  "customer:import": "SA",
  "customer:export": "SAHBR",
  "customer:exportOwn": "SAHBRCV @",
  "risk:serviceAccount": "SAC @ reports",
  "team:manage": "S",
  "team:manageOwn": "C @",
  "token:manage": "S",
  "token:manageOwn": "SA",
  "snapshot:push": "SA",
  "audit:read": "S",
  "audit:readScope": "SA",
  "audit:readOwn": "CV @",
  "partner:settings": "S",
  "account:self": "SAHBRCV",
};

/** Handlers that ask for no permission, each with the reason; nothing else may be reachable without one. */
const openHandlers: Record<string, string> = {
  "POST /api/login": "who signs in has no role yet",
  "POST /api/login/code": "the second step of signing in, for who has just given a right password",
  "GET /api/login/provider": "leads to an identity provider; nobody has a role there yet",
  "POST /api/invitation": "who is invited has no password yet",
  "POST /api/logout": "ends the caller's own session",
  "POST /api/membership": "changes the caller's own session to a membership of theirs",
  "GET /api/auth/[...nextauth]": "next-auth's own routes, for signing in",
  "POST /api/auth/[...nextauth]": "next-auth's own routes, for signing in",
  "GET /api/trpc/[trpc]": "each procedure asks for its own permission",
  "POST /api/trpc/[trpc]": "each procedure asks for its own permission",
  "GET /api/v1/openapi.json": "describes the public API, without any data",
  "GET /healthz": "says that the process answers, nothing else",
  "GET /readyz": "says whether the database is there, nothing else",
  "GET /metrics": "asks for the operator's own token",
  ...Object.fromEntries(
    ["GET", "POST", "PUT", "PATCH", "DELETE"].map((method) => [
      `${method} /api/[...rest]`,
      "says that nothing is there",
    ]),
  ),
};
/** What a handler asks beside its permission, of a request that wants more than the others. */
const alsoAsked: Record<string, string> = {
  "POST /api/views": "`view:share` where `share` is ticked",
  "POST /api/sync": "`sync:startAll` for a group or for all",
  "POST /api/bulk": "what its action asks, below",
  "POST /api/bulk/[id]/start": "what its action asks, below",
  "POST /api/bulk/[id]/cancel": "what its action asks, below",
  "POST /api/bulk/[id]/undo": "what its action and the one that takes it back ask, below",
  "POST /api/bulk/[id]/retry": "what its action asks, below",
};
const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, AnyProcedure>);
const permissionOf = (procedure: AnyProcedure) =>
  (procedure._def.meta as { permission?: Permission } | undefined)?.permission;
type Callable = (input: unknown) => Promise<unknown>;
/** What calling it comes to: "OK", or the code of the refusal. */
async function answer(member: Member | null, path: string, input: unknown): Promise<string> {
  const api = (await callerFor(member)) as unknown as Record<string, Record<string, Callable>>;
  const [noun = "", name = ""] = path.split(".");
  const procedure = api[noun]?.[name];
  if (!procedure) throw new Error(`there is no ${path}`);
  return procedure(input).then(
    () => "OK",
    (error: { code: string; message: string }) => `${error.code} ${error.message}`,
  );
}

type Handler = (request: Request, context: { params: Promise<Record<string, unknown>> }) => Promise<Response>;
type RouteHandler = {
  name: string;
  method: string;
  path: string;
  handler: Handler;
  permission: Permission | undefined;
};
async function listHandlers(): Promise<RouteHandler[]> {
  const files = readdirSync(join(repository, "app"), { recursive: true, encoding: "utf8" }).filter((file) =>
    /(^|\/)route\.tsx?$/.test(file),
  );
  const found = await Promise.all(
    files.sort().map(async (file) => {
      const exported = (await import(join(repository, "app", file))) as Record<string, unknown>;
      const path = `/${file.replace(/\/?route\.tsx?$/, "").replaceAll(/\([^)]*\)\/?/g, "")}`;
      return methods.flatMap((method) => {
        const handler = exported[method] as Handler | undefined;
        return handler
          ? [
              {
                name: `${method} ${path}`,
                method,
                path,
                handler,
                permission: handlerPermissions.get(handler),
              },
            ]
          : [];
      });
    }),
  );
  return found.flat();
}
const call = ({ method, path, handler }: RouteHandler, member: Member | null) => {
  const id = crypto.randomUUID();
  const headers = {
    origin: env().origin,
    "accept-language": "en",
    ...(member && { cookie: `${sessionCookieName()}=${member.token}` }),
  };
  const request = new Request(`${env().origin}${path.replaceAll(/\[[^\]]*\]/g, id)}`, { method, headers });
  return handler(request, { params: Promise.resolve({ id }) });
};
const codeOf = async (response: Response) =>
  (
    (await response
      .clone()
      .json()
      .catch(() => ({}))) as { error?: { code?: string } }
  ).error?.code;

let handlers: RouteHandler[];
let attempts: Attempts;
const members = new Map<RoleName, Member>();
let customerId: string;
beforeAll(async () => {
  handlers = await listHandlers();
  attempts = await readAttempts(await makeFullCustomer());
  const partnerId = await makePartner();
  customerId = (await makeCustomer({ partnerId })).id;
  for (const role of roles)
    members.set(
      role,
      await makeMember({ role, partnerId, ...(role.startsWith("customer") && { customerId }) }),
    );
});
afterAll(closeDatabase);
const memberOf = (role: RoleName): Member => {
  const member = members.get(role);
  if (!member) throw new Error(`nobody is ${role}`);
  return member;
};

describe("the table", () => {
  test("is the roles page's, word for word", () => {
    const described = Object.entries(permissions).map(([id, rule]) => {
      const who = roles
        .filter((role) => (rule.roles as readonly RoleName[]).includes(role))
        .map((role) => letters[role])
        .join("");
      return [
        id,
        [who, "on" in rule && "@", "capability" in rule && rule.capability].filter(Boolean).join(" "),
      ];
    });
    expect(Object.fromEntries(described)).toEqual(rolesPage);
  });
});

describe("every procedure", () => {
  test("there are some", () => expect(procedures.length).toBeGreaterThan(5));

  test.each(procedures)("%s names a permission, its input and its output", (path, procedure) => {
    expect(Object.keys(permissions), path).toContain(permissionOf(procedure));
    const { inputs, output } = procedure._def as unknown as { inputs: z.ZodType[]; output?: unknown };
    expect(inputs.length, `${path} has no input schema`).toBeGreaterThan(0);
    expect(output, `${path} has no output schema`).toBeInstanceOf(z.ZodType);
  });

  test.each(procedures)(
    "%s about one customer takes its id through the guard, and no other does",
    async (path, procedure) => {
      const permission = permissionOf(procedure);
      const isOnCustomer = permission !== undefined && "on" in permissions[permission];
      const [first] = (procedure._def as unknown as { inputs: z.ZodType[] }).inputs;
      const takesCustomer = first instanceof z.ZodObject && "customerId" in first.shape;
      expect(takesCustomer, path).toBe(isOnCustomer);
    },
  );

  test.each(procedures)("%s refuses anonymous callers and unknown fields", async (path, procedure) => {
    expect(await answer(null, path, {})).toBe("UNAUTHORIZED auth.required");
    const permission = permissionOf(procedure) as Permission;
    const allowed = roles.find((role) => can(memberOf(role), permission));
    if (!allowed) throw new Error(`nobody may call ${path}`);
    // As the sweep of the tenants asks: with identifiers that nobody has.
    const valid = {
      ...(attempts[path]?.unknown as object | undefined),
      ...("on" in permissions[permission] && { customerId }),
    };
    expect(await answer(memberOf(allowed), path, { ...valid, surplus: 1 })).toMatch(/^BAD_REQUEST/);
    expect(await answer(memberOf(allowed), path, valid)).not.toMatch(/^BAD_REQUEST|^INTERNAL/);
  });

  test.each(
    procedures.flatMap(([path, procedure]) =>
      roles.map((role) => [path, role, permissionOf(procedure) as Permission] as const),
    ),
  )("%s answers %s as the table says", async (path, role, permission) => {
    const isDenied = (await answer(memberOf(role), path, { customerId })) === "FORBIDDEN permission.denied";
    expect(isDenied).toBe(!rolesPage[permission]?.split(" ")[0]?.includes(letters[role]));
  });
});

describe("every route handler", () => {
  test("was built by route(), or is on the list with its reason", () => {
    const open = handlers.filter((one) => one.permission === undefined).map((one) => one.name);
    expect(open.sort()).toEqual(Object.keys(openHandlers).sort());
  });

  test("without a session: 401, in JSON", async () => {
    for (const one of handlers.filter((handler) => handler.permission)) {
      const response = await call(one, null);
      expect([response.status, await codeOf(response)], one.name).toEqual([401, "auth.required"]);
    }
  });

  test.each(roles)("answers %s as the table says, and records the refusal", async (role) => {
    const member = memberOf(role);
    for (const one of handlers.filter((handler) => handler.permission)) {
      const may = rolesPage[one.permission as Permission]?.split(" ")[0]?.includes(letters[role]);
      const count = async () =>
        (
          await adminQuery<{ n: number }>(
            "select count(*)::int as n from audit_entry where membership_id = $1 and outcome = 'refused'",
            [member.membershipId],
          )
        )[0]?.n ?? 0;
      const before = await count();
      const response = await call(one, member);
      expect((await codeOf(response)) === "permission.denied", one.name).toBe(!may);
      expect([response.status === 403, await count()], one.name).toEqual([!may, may ? before : before + 1]);
      expect(response.status, one.name).toBeLessThan(500);
    }
  });
});

test.each(roles)("%s who saves a view for the team is asked for view:share as well", async (role) => {
  const one = handlers.find(({ name }) => name === "POST /api/views");
  const asks = (share: string) =>
    one?.handler(
      new Request(`${env().origin}/api/views`, {
        method: "POST",
        body: JSON.stringify({ name: `Team ${role}${share}`, query: "", ...(share && { share }) }),
        headers: {
          origin: env().origin,
          "content-type": "application/json",
          cookie: `${sessionCookieName()}=${memberOf(role).token}`,
        },
      }),
      { params: Promise.resolve({}) },
    );
  const isRefused = async (share: string) => {
    const response = await asks(share);
    return response && [response.status, await codeOf(response)].includes("permission.denied");
  };
  const lacks = (permission: Permission) => !rolesPage[permission]?.split(" ")[0]?.includes(letters[role]);
  expect([await isRefused(""), await isRefused("on")]).toEqual([lacks("view:save"), lacks("view:share")]);
});

test("docs/permissions.md says the same; UPDATE=1 writes it anew", () => {
  const titles = [
    "Super Admin",
    "Admin",
    "Help Desk",
    "Business",
    "Read-only",
    "Customer Admin",
    "Customer Viewer",
  ];
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const table = Object.entries(permissions).map(([id, rule]) => {
    const marks = roles.map((role) =>
      !(rule.roles as readonly RoleName[]).includes(role) ? "–" : role.startsWith("customer") ? "own" : "●",
    );
    return row([`\`${id}\``, ...marks, "capability" in rule ? rule.capability : ""]);
  });
  const uses = [
    ...procedures.map(([path, procedure]) => [
      `\`${path}\` (${procedure._def.type})`,
      `\`${permissionOf(procedure)}\``,
    ]),
    ...handlers.map((one) => [
      `\`${one.name}\``,
      one.permission
        ? [`\`${one.permission}\``, alsoAsked[one.name]].filter(Boolean).join("; ")
        : `none: ${openHandlers[one.name]}`,
    ]),
  ];
  expect(handlers.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(alsoAsked)));
  const bulk = actionIds.map((action) => {
    const { permission, undo } = definitionOf(action);
    const rule: { roles: readonly RoleName[]; capability?: string } = permissions[permission];
    const marks = partnerRoles.map((role) => (rule.roles.includes(role) ? "●" : "–"));
    const capability = [
      rule.capability,
      action === "convertTrial" && "licences, for trials the customer owns",
    ];
    return row([
      `\`${action}\``,
      `\`${permission}\``,
      ...marks,
      capability.filter(Boolean).join("; "),
      undo ? `\`${undo}\`` : "–",
    ]);
  });
  const text = [
    "# Permissions",
    "",
    "Written by `tests/guards/permissions.test.ts` from `server/permissions.ts`, the router and the route handlers; run it with `UPDATE=1` after a change.",
    "",
    "Customers' roles act at their own customer. The last column is the capability that the grant of a `delegated` customer has to open.",
    "",
    row(["permission", ...titles, "capability"]),
    `|${"---|".repeat(titles.length + 2)}`,
    ...table,
    "",
    "## Where they are asked",
    "",
    row(["procedure or handler", "permission"]),
    "|---|---|",
    ...uses.map(row),
    "",
    "## Actions on many customers",
    "",
    "What is asked when such an action is chosen, started, cancelled, taken back and tried again, and once more of the member who began it at each step of the job. The capability is asked at each `delegated` customer and is that row's result. Customers' users and API tokens begin none of them. Each role is tried with each action in `server/bulk/handler.test.ts`.",
    "",
    row(["action", "permission", ...titles.slice(0, partnerRoles.length), "capability", "taken back by"]),
    `|${"---|".repeat(partnerRoles.length + 4)}`,
    ...bulk,
    "",
  ].join("\n");
  const file = join(repository, "docs/permissions.md");
  if (process.env["UPDATE"] === "1") writeFileSync(file, text);
  expect(readFileSync(file, "utf8")).toBe(text);
});
