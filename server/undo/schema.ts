// What the address after a change says of it, so that its page can offer to take it back.
import { z } from "zod";

/** `act`: what was done, to `of`; `was` as `packUndo` made it. */
export const UndoInput = z.strictObject({
  act: z.string().min(1).max(40),
  of: z.uuid(),
  was: z.string().min(1).max(8_000),
});
export type UndoInput = z.infer<typeof UndoInput>;

/** The fields of the form that takes the change back. */
export const Undo = z.record(z.string(), z.string());
export type Undo = z.infer<typeof Undo>;

type Query = Readonly<Record<string, string | string[] | undefined>>;
/** What a page's address says of a change that was made to `of`; undefined: nothing that could be opened. */
export const readUndo = (query: Query, act: string, of: string | undefined) =>
  UndoInput.safeParse({ act, of, was: [query["was"]].flat()[0] }).data;
