// The forms of vendor accounts, which work without scripts: each leads back to its page with what was done.
import { z } from "zod";
import { AppError } from "#server/errors.ts";
import { readFields, safeReturn } from "#server/http/incoming.ts";
import { route } from "#server/route.ts";
import {
  cancelUnlink,
  linkAccount,
  mergeCustomers,
  setAside,
  splitAccount,
  unlinkAccount,
} from "#server/links/service.ts";

const Form = z.discriminatedUnion("action", [
  z.object({ action: z.literal("link"), toCustomerId: z.uuid() }),
  z.object({ action: z.literal("split") }),
  z.object({
    action: z.literal("merge"),
    fromCustomerId: z.uuid(),
    intoCustomerId: z.uuid(),
    word: z.string().max(40),
  }),
  z.object({ action: z.literal("unlink") }),
  z.object({ action: z.literal("cancelUnlink") }),
  z.object({ action: z.literal("setAside") }),
  z.object({ action: z.literal("takeBack") }),
]);

/** `POST /api/vendor-accounts/{id}` with `action` and its fields; `return` is the page to go back to. */
export const actOnAccount = route<{ id: string }>(
  "account:link",
  "read write",
  async ({ request, params, db, actor, audit, language }) => {
    const { fields } = await readFields(request);
    const id = z.uuid().safeParse(params.id);
    const form = Form.safeParse(fields);
    if (!id.success || !form.success) throw new AppError("request.invalid");
    const ctx = { db, actor, audit };
    const accountId = id.data;
    const done = async (): Promise<string> => {
      switch (form.data.action) {
        case "link":
          await linkAccount(ctx, { accountId, toCustomerId: form.data.toCustomerId });
          return "linked";
        case "split":
          await splitAccount(ctx, accountId, new Date());
          return "split";
        case "merge":
          await mergeCustomers(ctx, form.data);
          return "merged";
        case "unlink":
          return (await unlinkAccount(ctx, accountId, new Date())).answer === "account.unlinked"
            ? "unlinked"
            : "unlinkScheduled";
        case "cancelUnlink":
          await cancelUnlink(ctx, accountId);
          return "unlinkCancelled";
        case "setAside":
        case "takeBack":
          await setAside(ctx, accountId, form.data.action === "setAside");
          return form.data.action;
      }
    };
    const notice = await done();
    const back = new URL(safeReturn(fields["return"], `/${language}/vendor-accounts`), "http://here.invalid");
    back.searchParams.set("notice", notice);
    back.searchParams.delete("error");
    return new Response(null, {
      status: 303,
      headers: { location: back.pathname + back.search, "cache-control": "no-store" },
    });
  },
);
