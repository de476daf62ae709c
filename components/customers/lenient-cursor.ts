import { TRPCError } from "@trpc/server";

/** Pages are lenient (decision 15): a cursor that cannot be read begins at the first page instead of failing. */
export async function lenientCursor<T>(
  cursor: string | undefined,
  read: (cursor: string | undefined) => Promise<T>,
): Promise<T> {
  try {
    return await read(cursor);
  } catch (error) {
    if (cursor === undefined || !(error instanceof TRPCError) || error.code !== "BAD_REQUEST") throw error;
    return read(undefined);
  }
}
