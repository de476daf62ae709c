import { EmptyState } from "#components/ui/empty-state.tsx";
import { GroupsIcon } from "#components/ui/icons.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";

/** Why there is no such page: groups are not this reader's to manage, or the group is gone. */
export async function GroupMissing({ mayManage, lang }: { mayManage: boolean; lang: Language }) {
  const t = await getT(lang, "groups");
  const text = mayManage ? "gone" : "refused";
  return (
    <EmptyState
      level={1}
      icon={<GroupsIcon className="size-10" />}
      title={t(`${text}.title`)}
      reason={t(`${text}.body`)}
      action={
        <LinkButton href={`/${lang}/${mayManage ? "groups" : "customers"}`} variant="primary">
          {t(`${text}.action`)}
        </LinkButton>
      }
    />
  );
}
