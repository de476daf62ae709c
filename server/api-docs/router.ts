// The public face of the documentation for its page: the document in the page's language.
import { z } from "zod";
import { languages } from "#locales/languages.ts";
import { procedure, router } from "#server/trpc.ts";
import type { ApiDocument } from "./schema.ts";
import { apiDocument } from "./service.ts";

export const apiDocsRouter = router({
  document: procedure("account:self")
    .input(z.strictObject({ language: z.enum(languages).default("en") }))
    .output(z.custom<ApiDocument>((value) => typeof value === "object" && value !== null))
    .query(({ input }) => apiDocument(input.language)),
});
