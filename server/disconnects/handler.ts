// The form of disconnecting, which works without scripts: the word, and back to the list of customers.
import { z } from "zod";
import type { Language } from "#locales/languages.ts";
import { AppError } from "#server/errors.ts";
import { backTo, languageIn, readForm, seeOther } from "#server/http/forms.ts";
import { route } from "#server/route.ts";
import { requireEndable } from "#server/unlinks/service.ts";
import { DisconnectForm } from "./schema.ts";
import { disconnectCustomer, wasDisconnected } from "./service.ts";

const pageOf = (request: Request, language: Language) =>
  `/${language}/customers/${new URL(request.url).pathname.split("/").at(-1) ?? ""}/disconnect`;
const back = backTo((_fields, request, language) => ({ path: pageOf(request, language) }));

/** `POST /api/disconnects/{customer}` with `word`. */
export const disconnect = route<{ id: string }>(
  "customer:disconnect",
  "read write",
  async ({ request, params: { id }, db, actor, audit, language }) => {
    const { isForm, fields } = await readForm(request);
    const form = DisconnectForm.safeParse(fields);
    if (!form.success) throw new AppError("account.wordMissing", { fields: { word: "word" } });
    const ctx = { db, actor, audit };
    if (!z.uuid().safeParse(id).success) throw new AppError("customer.notFound");
    if (!(await wasDisconnected(ctx, id)))
      await disconnectCustomer(ctx, await requireEndable(ctx, "customer:disconnect", id), form.data.word);
    if (!isForm) return Response.json({}, { headers: { "cache-control": "no-store" } });
    return seeOther({
      path: `/${languageIn(request, language)}/customers/disconnected`,
      query: { notice: "disconnected" },
    });
  },
  (error, request) =>
    error.code === "auth.proofNeeded" && (request.headers.get("accept") ?? "").includes("text/html")
      ? seeOther({
          path: `/${languageIn(request, "en")}/profile/prove`,
          query: { return: pageOf(request, languageIn(request, "en")) },
        })
      : back(error, request),
);
