// Saving, changing and opening views; each change is recorded on the partner's chain.
import type { ScopedDb } from "#db/client.ts";
import { listGroups } from "#server/customers/queries-groups.ts";
import { AppError } from "#server/errors.ts";
import { type Actor, can } from "#server/permissions.ts";
import type { Guarded } from "#server/trpc.ts";
import {
  countOwn,
  deleteForGood,
  findLeft,
  findOwn,
  findOwnByName,
  findView,
  insertView,
  listViews,
  lockViews,
  type OwnView,
  updateDefault,
  updateView,
} from "./queries.ts";
import { goneFrom, viewQuery, without } from "./rules.ts";
import type { ChangeForm, OpenedView, SaveForm, ViewList, ViewNotice } from "./schema.ts";

/** Views of one member; more would not be found again. */
const MOST_OWN = 100;
const MOST_SHOWN = 500;
/** So long a deleted view can be taken back. */
const UNDO_MS = 86_400_000;

type Reader = Pick<Guarded, "db" | "actor">;

/** The views there are for the member, and what the list shows now (`shown`, its address) as a view would keep it. */
export const readViews = async ({ db, actor }: Reader, shown: string): Promise<ViewList> => ({
  views: await listViews(db, actor, MOST_SHOWN),
  mayShare: can(actor, "view:share"),
  address: viewQuery(shown),
});

/** A view with the address that it stands for now; null: it does not exist, or not for this member. */
export async function openView({ db, actor }: Reader, id: string): Promise<OpenedView | null> {
  const view = await findView(db, actor, id);
  if (!view) return null;
  const gone = goneFrom(view.query);
  const query = viewQuery(view.query);
  const group = new URLSearchParams(query).get("group");
  if (group === null || (await hasGroup(db, actor, group))) return { ...view, query, gone };
  return { ...view, query: without(query, "group"), gone: [...gone, { name: "group", value: group }] };
}

const hasGroup = async (db: ScopedDb, actor: Actor, group: string): Promise<boolean> =>
  (await listGroups(db, actor)).some(({ id }) => id === group);

type Change = { db: ScopedDb; actor: Actor; audit: Guarded["audit"] };
const record = ({ audit }: Change, action: string, id: string, detail: Record<string, unknown>) =>
  audit({ action: `view:${action}`, entity: `view ${id}`, customerId: null, detail });

/**
 * Keeps the list's address under a name and gives the view's id. Asked for once more (a double click), it answers with
 * the view that is there. Throws view.nameTaken, view.tooMany, view.notFound, permission.denied.
 */
export async function saveView(change: Change, form: SaveForm): Promise<{ id: string; notice: ViewNotice }> {
  const { db, actor } = change;
  await lockViews(db, actor);
  if ("replaces" in form) {
    const query = viewQuery(form.query);
    const view = await requireOwn(change, form.replaces);
    await updateView(db, actor, view.id, { query });
    await record(change, "save", view.id, { name: view.name, before: view.query, after: query });
    return { id: view.id, notice: "replaced" };
  }
  const query = viewQuery(`${without(form.query, "columns")}&columns=${form.columns}`);
  if (form.share && !can(actor, "view:share")) throw new AppError("permission.denied");
  const same = await findOwnByName(db, actor, form.name);
  if (same && (same.query !== query || same.isShared !== form.share)) throw new AppError("view.nameTaken");
  if (!same) await requireRoom(db, actor);
  const { name, share: isShared } = form;
  const id = same?.id ?? (await insertView(db, actor, { name, query, isShared, ownerName: actor.name }));
  if (form.isDefault) await updateDefault(db, actor, id);
  await record(change, "save", id, { name, query, isShared, isDefault: form.isDefault });
  return { id, notice: "saved" };
}

async function requireOwn({ db, actor }: Change, id: string): Promise<OwnView> {
  const view = await findOwn(db, actor, id);
  if (!view || view.deletedAt !== null) throw new AppError("view.notFound");
  return view;
}

type Owner = Pick<Actor, "partnerId" | "membershipId">;
/** A view to delete or to take back, and whose it is: one's own, or, for who may share, one whose owner left. */
async function requireDeletable({ db, actor }: Change, id: string): Promise<{ owner: Owner; view: OwnView }> {
  const own = await findOwn(db, actor, id);
  if (own) return { owner: actor, view: own };
  const left = can(actor, "view:share") ? await findLeft(db, actor.partnerId, id) : undefined;
  if (!left) throw new AppError("view.notFound");
  const owner = { partnerId: actor.partnerId, membershipId: left.membershipId };
  await lockViews(db, owner);
  return { owner, view: left };
}

/**
 * Renames one's own view, deletes or takes back one's own or one whose owner left, or makes a visible one what the list
 * opens with. Throws view.notFound, view.nameTaken, view.tooMany.
 */
export async function changeView(
  change: Change,
  id: string,
  form: ChangeForm,
  now: Date,
): Promise<ViewNotice> {
  const { db, actor } = change;
  await lockViews(db, actor);
  switch (form.action) {
    case "rename": {
      const { name } = await requireOwn(change, id);
      await requireFree(db, actor, form.name, id);
      await updateView(db, actor, id, { name: form.name });
      await record(change, "rename", id, { before: name, after: form.name });
      return "renamed";
    }
    case "delete": {
      const { owner, view } = await requireDeletable(change, id);
      if (view.deletedAt !== null) throw new AppError("view.notFound");
      const { name, query, isShared } = view;
      await deleteForGood(db, owner, new Date(now.getTime() - UNDO_MS));
      await updateView(db, owner, id, { deletedAt: now });
      await record(change, "delete", id, { name, query, isShared });
      return "deleted";
    }
    case "restore": {
      const { owner, view } = await requireDeletable(change, id);
      await requireFree(db, owner, view.name, id);
      if (view.deletedAt !== null) await requireRoom(db, owner);
      await updateView(db, owner, id, { deletedAt: null });
      await record(change, "restore", id, { name: view.name });
      return "restored";
    }
    case "setDefault": {
      const view = await findView(db, actor, id);
      if (!view) throw new AppError("view.notFound");
      await updateDefault(db, actor, id);
      await record(change, "default", id, { name: view.name });
      return "defaultSet";
    }
    case "clearDefault":
      await updateDefault(db, actor, null);
      await record(change, "default", id, { name: null });
      return "defaultCleared";
  }
}

async function requireFree(db: ScopedDb, owner: Owner, name: string, id: string): Promise<void> {
  const other = await findOwnByName(db, owner, name);
  if (other && other.id !== id) throw new AppError("view.nameTaken");
}

async function requireRoom(db: ScopedDb, owner: Owner): Promise<void> {
  if ((await countOwn(db, owner)) >= MOST_OWN) throw new AppError("view.tooMany");
}

/** Shows one's own view to the team, or no longer. */
export async function shareView(change: Change, id: string, isShared: boolean): Promise<ViewNotice> {
  const { db, actor } = change;
  await lockViews(db, actor);
  const { name } = await requireOwn(change, id);
  await updateView(db, actor, id, { isShared });
  await record(change, isShared ? "share" : "unshare", id, { name });
  return isShared ? "shared" : "unshared";
}
