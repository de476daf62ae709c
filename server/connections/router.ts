// The public face of connections: a partner's members read all they reach, a customer's admin the customer's own.
import { z } from "zod";
import { customerProcedure, procedure, router } from "#server/trpc.ts";
import {
  ConnectionDetails,
  connectionInput,
  ConnectionList,
  connectionListInput,
  NewOptions,
} from "./schema.ts";
import { getConnectionDetails, getConnections, getNewOptions } from "./service.ts";

export const connectionsRouter = router({
  list: procedure("sync:read")
    .input(z.strictObject(connectionListInput))
    .output(ConnectionList)
    .query(({ ctx, input }) => getConnections(ctx.db, ctx.actor, input, new Date())),
  byId: procedure("sync:read")
    .input(z.strictObject(connectionInput))
    .output(ConnectionDetails)
    .query(({ ctx, input }) => getConnectionDetails(ctx.db, ctx.actor, input, new Date())),
  newOptions: procedure("connection:manage")
    .input(z.strictObject({}))
    .output(NewOptions)
    .query(({ ctx }) => getNewOptions(ctx.actor)),
  listOwn: customerProcedure("connection:manageOwn", connectionListInput)
    .output(ConnectionList)
    .query(({ ctx, input }) => getConnections(ctx.db, ctx.actor, input, new Date())),
  ownById: customerProcedure("connection:manageOwn", connectionInput)
    .output(ConnectionDetails)
    .query(({ ctx, input }) => getConnectionDetails(ctx.db, ctx.actor, input, new Date())),
  newOwnOptions: customerProcedure("connection:manageOwn")
    .output(NewOptions)
    .query(({ ctx }) => getNewOptions(ctx.actor)),
});
