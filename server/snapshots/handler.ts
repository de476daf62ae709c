// The push API: taking a snapshot, and saying what became of it.
import { errorText, isErrorCode } from "#locales/resources.ts";
import { languageOf } from "#server/context.ts";
import { AppError } from "#server/errors.ts";
import { route } from "#server/route.ts";
import { findPushed } from "./queries.ts";
import type { SnapshotAccepted, SnapshotStatus } from "./schema.ts";
import { acceptPush, type ReadPush, readPush } from "./service.ts";

const noStore = { "cache-control": "no-store" };
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const asJson = (): undefined => undefined;

/** `POST /api/v1/snapshots`: 202 once it is stored and queued, 200 when the key was used before. The body is not read from who may not push. */
export const pushSnapshot = route<Record<string, never>, ReadPush>(
  "snapshot:push",
  "read write",
  async ({ db, actor, audit, body }) => {
    const accepted: SnapshotAccepted = await acceptPush({ db, actor, audit }, body, new Date());
    return Response.json(accepted, {
      status: accepted.replayed ? 200 : 202,
      headers: { ...noStore, location: accepted.statusUrl },
    });
  },
  asJson,
  async (request, actor) => {
    if (!actor.apiToken) throw new AppError("token.required");
    return readPush(request, languageOf(request.headers), new Date());
  },
);

/** `GET /api/v1/snapshots/{id}`: what became of a snapshot that this token pushed. */
export const snapshotStatus = route<{ id: string }>(
  "snapshot:push",
  "read only",
  async ({ db, actor, params, language }) => {
    if (!actor.apiToken) throw new AppError("token.required");
    const found = uuid.test(params.id)
      ? await findPushed(db, actor.partnerId, actor.apiToken.id, params.id)
      : undefined;
    if (!found) throw new AppError("snapshot.notFound");
    const { errorCode: code } = found;
    const status: SnapshotStatus = {
      id: found.id,
      state: found.state,
      accountExternalId: found.accountExternalId,
      takenAt: found.takenAt.toISOString(),
      receivedAt: found.createdAt.toISOString(),
      finishedAt: found.finishedAt?.toISOString() ?? null,
      error:
        code === null
          ? null
          : { code, message: errorText(language, isErrorCode(code) ? code : "unexpected").message },
    };
    return Response.json(status, { headers: noStore });
  },
  asJson,
);
