// Reads and changes how the acting member has laid out the list of customers.
import type { Layout } from "#server/columns/schema.ts";
import type { Guarded } from "#server/trpc.ts";
import { deleteLayout, findLayout, lockLayout, upsertLayout } from "./queries.ts";
import { changedLayout, layoutOf } from "./rules.ts";
import type { LayoutForm } from "./schema.ts";

export async function getLayout({ db, actor }: Pick<Guarded, "db" | "actor">): Promise<Layout> {
  return layoutOf((await findLayout(db, actor.partnerId, actor.membershipId)) ?? null);
}

/** The layout as the form leaves it. Columns that nobody chose stay unstored, so that the usual ones may grow. */
export async function changeLayout(
  { db, actor, audit }: Guarded,
  form: LayoutForm,
  now: Date,
): Promise<Layout> {
  const { partnerId, membershipId } = actor;
  const stored = (await lockLayout(db, partnerId, membershipId)) ?? null;
  const layout = form.reset ? layoutOf(null) : changedLayout(layoutOf(stored), form);
  if (form.reset) await deleteLayout(db, partnerId, membershipId);
  else {
    const columns = form.order ? layout.columns : (stored?.columns ?? null);
    await upsertLayout(db, partnerId, membershipId, { ...layout, columns }, now);
  }
  await audit({
    action: "preference:change",
    entity: `membership ${membershipId}`,
    customerId: null,
    detail: { list: "customers", ...layout },
  });
  return layout;
}
