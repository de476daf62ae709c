// The settings of status, to be read; they are changed by forms (handler.ts).
import { z } from "zod";
import { procedure, router } from "#server/trpc.ts";
import { Denied, Thresholds, Windows, WindowsInput } from "./schema.ts";
import { readDenied, readThresholds, readWindows } from "./service.ts";

const Nothing = z.strictObject({}).optional();

export const settingsRouter = router({
  thresholds: procedure("partner:settings")
    .input(Nothing)
    .output(Thresholds)
    .query(({ ctx }) => readThresholds(ctx)),
  windows: procedure("partner:settings")
    .input(WindowsInput.optional())
    .output(Windows)
    .query(({ ctx, input }) => readWindows(ctx, input?.customer, new Date())),
  denied: procedure("partner:settings")
    .input(Nothing)
    .output(z.array(Denied))
    .query(({ ctx }) => readDenied(ctx)),
});
