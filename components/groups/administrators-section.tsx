import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/input.tsx";
import { Section } from "#components/ui/section.tsx";
import { getT } from "#locales/server.ts";
import { actionOf, type GroupView } from "./group-view.ts";

/** The people of the team who have this group, and giving it to others. */
export async function AdministratorsSection({ view }: { view: GroupView }) {
  const { group, lang } = view;
  const [t, common] = await Promise.all([getT(lang, "group"), getT(lang, "common")]);
  return (
    <Section id="administrators" title={t("administrators.title")}>
      <p className="mb-4 max-w-prose text-caption text-ink-soft">{t("administrators.lead")}</p>
      {group.administrators.length === 0 ? (
        <p className="mb-5">
          {t("administrators.empty")}
          <span className="block text-caption text-ink-soft">{t("administrators.emptyHint")}</span>
        </p>
      ) : (
        <ul className="mb-5 divide-y divide-line border-y border-line">
          {group.administrators.map((person) => {
            const notes = [
              common(`role.${person.role}`),
              ...(person.seesAll ? [t("administrators.seesAll")] : []),
              ...(person.onlyThis ? [t("administrators.onlyThis")] : []),
            ];
            return (
              <li
                key={person.membershipId}
                data-row-id={person.membershipId}
                className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2"
              >
                <div className="min-w-0 flex-1 basis-48">
                  <bdi className="font-medium break-words">{person.name}</bdi>
                  <span className="block text-caption break-words text-ink-soft">
                    {person.email} · {notes.join(" · ")}
                  </span>
                </div>
                <form method="post" action={actionOf(view)}>
                  <input type="hidden" name="action" value="take" />
                  <input type="hidden" name="membershipId" value={person.membershipId} />
                  <Button
                    type="submit"
                    size="small"
                    aria-label={t("administrators.takeOf", { name: person.name })}
                  >
                    {t("administrators.take")}
                  </Button>
                </form>
              </li>
            );
          })}
        </ul>
      )}
      {group.candidates.length === 0 ? (
        <p className="max-w-prose text-ink-soft">{t("administrators.nobodyLeft")}</p>
      ) : (
        <form method="post" action={actionOf(view)} className="flex max-w-xl flex-wrap items-end gap-2">
          <input type="hidden" name="action" value="give" />
          <Field id="membershipId" label={t("administrators.choose")} className="min-w-0 flex-1 basis-48">
            {(control) => (
              <Select
                {...control}
                name="membershipId"
                options={group.candidates.map(({ membershipId, name, email }) => ({
                  value: membershipId,
                  label: `${name} · ${email}`,
                }))}
              />
            )}
          </Field>
          <Button type="submit">{t("administrators.give")}</Button>
        </form>
      )}
    </Section>
  );
}
