// The form of *Sync now*, which works without scripts: starts and leads back to the page with a notice.
import { AppError } from "#server/errors.ts";
import { readFields, safeReturn } from "#server/http/incoming.ts";
import { can } from "#server/permissions.ts";
import { route } from "#server/route.ts";
import { requireCustomer } from "#server/trpc.ts";
import { SyncForm } from "./schema.ts";
import { startSync } from "./service.ts";

const withNotice = (path: string, code: string): Response => {
  const url = new URL(path, "http://here.invalid");
  url.searchParams.set("notice", code);
  return new Response(null, {
    status: 303,
    headers: { location: url.pathname + url.search, "cache-control": "no-store" },
  });
};

export const startSyncHandler = route(
  "sync:start",
  "read write",
  async ({ request, actor, db, audit, language }) => {
    const { isForm, fields } = await readFields(request);
    const parsed = SyncForm.safeParse(fields);
    if (!parsed.success) throw new AppError("request.invalid");
    const { customerId, all } = parsed.data;
    if (customerId) await requireCustomer({ actor, db }, "sync:start", customerId);
    else if (all !== "1") throw new AppError("request.invalid");
    else if (!can(actor, "sync:startAll")) throw new AppError("permission.denied");
    const { answer } = await startSync({ actor, db, audit }, customerId ?? null, new Date());
    return isForm
      ? withNotice(safeReturn(parsed.data.return, `/${language}`), answer)
      : Response.json({ answer });
  },
);
