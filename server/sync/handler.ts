// The form of *Sync now*, which works without scripts: starts and leads back to the page with a notice.
import { AppError } from "#server/errors.ts";
import { readFields, safeReturn } from "#server/http/incoming.ts";
import { can } from "#server/permissions.ts";
import { route } from "#server/route.ts";
import { requireCustomer } from "#server/trpc.ts";
import { SyncForm } from "./schema.ts";
import { startSync } from "./service.ts";

const backTo = (path: string, key: "notice" | "error", code: string): Response => {
  const url = new URL(path, "http://here.invalid");
  url.searchParams.set(key, code);
  return new Response(null, { status: 303, headers: { location: url.pathname + url.search } });
};

export const startSyncHandler = route(
  "sync:start",
  "read write",
  async ({ request, actor, db, audit, language }) => {
    const { isForm, fields } = await readFields(request);
    const parsed = SyncForm.safeParse(fields);
    if (!parsed.success) throw new AppError("request.invalid");
    const { customerId, all } = parsed.data;
    const page = safeReturn(parsed.data.return, `/${language}`);
    try {
      if (customerId) await requireCustomer({ actor, db }, "sync:start", customerId);
      else if (all !== "1") throw new AppError("request.invalid");
      else if (!can(actor, "sync:startAll")) throw new AppError("permission.denied");
      const { answer } = await startSync({ actor, db, audit }, customerId ?? null, new Date());
      return isForm ? backTo(page, "notice", answer) : Response.json({ answer });
    } catch (error) {
      if (!isForm || !(error instanceof AppError)) throw error;
      await audit({ action: "sync:start", entity: "sync", customerId: actor.customerId, outcome: "refused", detail: { code: error.code } });
      return backTo(page, "error", error.code);
    }
  },
);
