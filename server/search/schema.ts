// What a search answers while one types.
import { z } from "zod";
import { statuses } from "#server/customers/schema.ts";

/** So many matches are offered while one types. */
export const MOST_MATCHES = 8;

export const SearchInput = z.strictObject({ q: z.string().trim().max(200) });

const Match = z.object({
  id: z.uuid(),
  name: z.string(),
  domain: z.string().nullable(),
  status: z.enum(statuses),
});
export type Match = z.infer<typeof Match>;
