// Opens what an address says of a change, for the page that offers to take it back.
import { procedure, router } from "#server/trpc.ts";
import { unpackUndo } from "./rules.ts";
import { Undo, UndoInput } from "./schema.ts";

export const undoRouter = router({
  /** What takes a change back, for whom made it; null: it was made up, or somebody else's. The form it goes to decides. */
  open: procedure("account:self")
    .input(UndoInput)
    .output(Undo.nullable())
    .query(({ ctx: { actor }, input: { was, ...place } }) =>
      unpackUndo(was, { ...place, membershipId: actor.membershipId }),
    ),
});
