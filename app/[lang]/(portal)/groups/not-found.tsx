import { headers } from "next/headers";
import { GroupMissing } from "#components/groups/group-missing.tsx";
import { NotFoundMessage } from "#components/layout/not-found.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { can } from "#server/permissions.ts";
import { requireActor } from "#server/session.ts";

/** A group that is gone, or groups that are not this reader's to manage: whose they are is no secret to the team. */
export default async function GroupNotFound() {
  const actor = await requireActor();
  if (actor.customerId !== null) return <NotFoundMessage />;
  const lang = (await headers()).get("x-lang");
  return (
    <GroupMissing mayManage={can(actor, "group:manage")} lang={isLanguage(lang) ? lang : languages[0]} />
  );
}
