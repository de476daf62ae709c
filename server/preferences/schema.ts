// The form that lays out a member's list: one of its buttons, and what stood in its fields.
import { z } from "zod";
import { columnGroups, columnIds } from "#server/columns/schema.ts";

const column = z.enum(columnIds);

/**
 * Each form says what it changes and leaves the rest. `order` names all columns in their order, `show.<column>` those
 * to show, `width.<column>` their widths; `move` is the button that was pressed, as `up:<column>` or `down:<column>`.
 */
export const LayoutForm = z
  .object({
    return: z.string().max(2000).optional(),
    reset: z.literal("1").optional(),
    order: z
      .string()
      .max(2000)
      .transform((text) => text.split(","))
      .pipe(z.array(column))
      .optional(),
    move: z
      .string()
      .transform((text) => text.split(":"))
      .pipe(z.tuple([z.enum(["up", "down"]), column]))
      .optional(),
    density: z.enum(["comfortable", "compact"]).optional(),
    fold: z.enum(columnGroups).optional(),
  })
  .catchall(z.string().max(20));
export type LayoutForm = z.output<typeof LayoutForm>;
