import Link from "next/link";
import { GroupNotice } from "#components/groups/group-notice.tsx";
import { type Query, typed } from "#components/groups/group-view.ts";
import { UndoMove } from "#components/groups/undo-change.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/input.tsx";
import { Section } from "#components/ui/section.tsx";
import { getT } from "#locales/server.ts";
import type { GroupsOf } from "#server/groups/schema.ts";
import type { Undo } from "#server/undo/schema.ts";
import type { CustomerView } from "./customer-view.ts";

const pill = "inline-block rounded-full bg-sunken px-2.5 py-0.5";

/** The groups of one customer. Who manages groups (`groups` is not null) goes on to each, and puts it in another. */
export async function GroupsSection({
  view: { details, lang },
  groups,
  query,
  membershipId,
  undo,
}: {
  view: CustomerView;
  groups: GroupsOf | null;
  query: Query;
  membershipId: string;
  /** What takes back that the customer was moved a moment ago; null: it was not. */
  undo: Undo | null;
}) {
  const [t, g] = await Promise.all([getT(lang, "customer"), getT(lang, "group")]);
  const { id, groups: names } = details.row;
  const isEmpty = names.length === 0;
  const back = `/${lang}/customers/${id}#groups`;
  const isOutcome =
    ["added", "removed"].includes(typed(query, "notice") ?? "") ||
    typed(query, "error")?.startsWith("group.");
  return (
    <Section
      id="groups"
      title={t("groups.title")}
      data-section="groups"
      data-state={isEmpty ? "empty" : "full"}
      action={
        groups && (
          <Link href={`/${lang}/groups`} prefetch={false} className="underline underline-offset-2">
            {g("ofCustomer.manage")}
          </Link>
        )
      }
    >
      {isOutcome && (
        <GroupNotice
          query={query}
          lang={lang}
          undo={groups && undo && <UndoMove undo={undo} member={{ lang, membershipId }} back={back} />}
        />
      )}
      {isEmpty ? (
        <p className="text-ink-soft">{t("groups.empty")}</p>
      ) : (
        <ul className="flex flex-wrap gap-2">
          {groups
            ? groups.member.map((group) => (
                <li key={group.id} className="max-w-full">
                  <Link
                    href={`/${lang}/groups/${group.id}`}
                    prefetch={false}
                    className={`${pill} max-w-full break-words underline-offset-2 hover:underline`}
                  >
                    <bdi>{group.name}</bdi>
                    {group.isByRule && (
                      <span className="text-caption text-ink-soft"> · {g("ofCustomer.byRule")}</span>
                    )}
                  </Link>
                </li>
              ))
            : names.map((name) => (
                <li key={name} className={`${pill} max-w-full break-words`}>
                  <bdi>{name}</bdi>
                </li>
              ))}
        </ul>
      )}
      {groups && groups.others.length === 0 && (
        <p className="mt-4 text-caption text-ink-soft">{g("ofCustomer.none")}</p>
      )}
      {groups && groups.others.length > 0 && (
        <form
          method="post"
          action={`/api/groups/members?lang=${lang}&membership=${membershipId}`}
          className="mt-5 flex flex-wrap items-end gap-2"
        >
          <input type="hidden" name="action" value="add" />
          <input type="hidden" name={`customer.${id}`} value="on" />
          <input type="hidden" name="return" value={back} />
          <Field id="add-to-group" label={g("ofCustomer.add")} className="min-w-0 flex-1 basis-48">
            {(control) => (
              <Select
                {...control}
                name="group"
                required
                options={[
                  { value: "", label: g("ofCustomer.choose") },
                  ...groups.others.map((group) => ({ value: group.id, label: group.name })),
                ]}
              />
            )}
          </Field>
          <Button type="submit">{g("ofCustomer.save")}</Button>
        </form>
      )}
    </Section>
  );
}
