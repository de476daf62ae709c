// What goes into views and comes out of them: their names, the address they stand for, what a form may ask.
import { z } from "zod";
import { readName } from "#server/names/rules.ts";

/** Characters of an address of the list that a view keeps. */
const LONGEST_QUERY = 2_000;
const LONGEST_NAME = 100;

/** 1–100 characters that can be seen, as every name is kept. */
const ViewName = z
  .string()
  .max(10 * LONGEST_NAME)
  .transform((text) => readName(text, LONGEST_NAME))
  .pipe(z.string());
const Query = z.string().max(LONGEST_QUERY);
/** Ids of the columns to keep with it, in their order; without them everyone sees it with their own. */
const Columns = z.string().max(LONGEST_QUERY).default("");
/** A box that a form sends only where it is ticked. */
const Ticked = z
  .literal("on")
  .optional()
  .transform((value) => value === "on");

/** A new view of the list's address; `replaces`: one's own view that becomes this one, and keeps its name. */
export const SaveForm = z.union([
  z.object({ replaces: z.uuid(), query: Query }),
  z.object({ name: ViewName, query: Query, columns: Columns, share: Ticked, isDefault: Ticked }),
]);
export type SaveForm = z.output<typeof SaveForm>;

export const ChangeForm = z.discriminatedUnion("action", [
  z.object({ action: z.literal("rename"), name: ViewName }),
  z.object({ action: z.literal("delete") }),
  z.object({ action: z.literal("restore") }),
  z.object({ action: z.literal("setDefault") }),
  z.object({ action: z.literal("clearDefault") }),
]);
export type ChangeForm = z.output<typeof ChangeForm>;

export const ShareForm = z.object({ action: z.enum(["share", "unshare"]) });

/** What became of a form, as the list's address says it. */
export const viewNotices = [
  "saved",
  "replaced",
  "renamed",
  "deleted",
  "restored",
  "shared",
  "unshared",
  "defaultSet",
  "defaultCleared",
] as const;
export type ViewNotice = (typeof viewNotices)[number];

export const View = z.object({
  id: z.uuid(),
  name: z.string(),
  query: z.string(),
  isOwn: z.boolean(),
  isShared: z.boolean(),
  isDefault: z.boolean(),
  owner: z.string(),
  /** Its owner left the partner: who may share views may delete it. */
  isLeft: z.boolean(),
});
export type View = z.infer<typeof View>;

/** A filter, an order or a column that a view names and that is no longer there. */
export const Gone = z.object({ name: z.string(), value: z.string() });
export type Gone = z.infer<typeof Gone>;

/** The address that a view stands for now, and what it had to leave out. */
export const OpenedView = View.extend({ gone: z.array(Gone) });
export type OpenedView = z.infer<typeof OpenedView>;

/** The views that a member may open; `mayShare`: they may show theirs to the team; `address`: what is shown, as a view has it. */
export const ViewList = z.object({ views: z.array(View), mayShare: z.boolean(), address: z.string() });
export type ViewList = z.infer<typeof ViewList>;
