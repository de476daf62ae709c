import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { TextInput } from "#components/ui/input.tsx";
import { Section } from "#components/ui/section.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { limits, type Thresholds } from "#server/settings/schema.ts";
import { type Query, typed } from "./settings-page.tsx";

type Props = { thresholds: Thresholds; query: Query; lang: Language; membershipId: string };
const fields = ["silentDays", "stuckHours"] as const;
const range = (name: (typeof fields)[number]) => ({
  min: limits[name].least,
  max: limits[name].most,
  step: 1,
});

/** The partner's own thresholds; what was typed and refused stands in its fields again. */
export async function ThresholdsForm({ thresholds: { partner }, query, lang, membershipId }: Props) {
  const t = await getT(lang, "settings");
  const isRefused = typed(query, "error") !== undefined && typed(query, "group") === undefined;
  const hints = { silentDays: t("thresholds.silentHint"), stuckHours: t("thresholds.stuckHint") };
  return (
    <Section id="partner" title={t("thresholds.title")}>
      <form method="post" action={`/api/settings/thresholds?lang=${lang}&membership=${membershipId}`}>
        <div className="grid items-end gap-5 sm:grid-cols-2">
          {fields.map((name) => (
            <Field key={name} id={name} label={t(`thresholds.${name}`)} hint={hints[name]}>
              {(control) => (
                <TextInput
                  {...control}
                  name={name}
                  type="number"
                  inputMode="numeric"
                  required
                  {...range(name)}
                  defaultValue={(isRefused ? typed(query, name) : undefined) ?? partner[name]}
                />
              )}
            </Field>
          ))}
        </div>
        <input type="hidden" name="wasSilentDays" value={partner.silentDays} />
        <input type="hidden" name="wasStuckHours" value={partner.stuckHours} />
        <div className="mt-5 flex flex-wrap items-center gap-x-4 gap-y-2">
          <Button type="submit" variant="primary">
            {t("thresholds.save")}
          </Button>
          <span className="text-caption text-ink-soft">{t("thresholds.hint")}</span>
        </div>
      </form>
    </Section>
  );
}

/** One form per group, so that a change of one never carries another's. */
export async function GroupThresholds({ thresholds, query, lang, membershipId }: Props) {
  const t = await getT(lang, "settings");
  const refused = typed(query, "error") === undefined ? undefined : typed(query, "group");
  return (
    <Section id="groups" title={t("groups.title")} flush>
      <p className="px-4 py-3 text-ink-soft sm:px-5">
        {thresholds.groups.length === 0 ? t("groups.emptyWhy") : t("groups.hint")}
      </p>
      <ul>
        {thresholds.groups.map((group) => (
          <li key={group.id} className="border-t border-line px-4 py-3 sm:px-5">
            <form
              method="post"
              action={`/api/settings/groups/${group.id}?lang=${lang}&membership=${membershipId}`}
              aria-label={t("groups.form", { group: group.name })}
              className="grid grid-cols-2 items-end gap-x-4 gap-y-2 sm:grid-cols-[minmax(0,1fr)_11rem_11rem_auto]"
            >
              <p
                className="col-span-2 min-w-0 self-center truncate font-medium sm:col-span-1"
                title={group.name}
              >
                <bdi>{group.name}</bdi>
              </p>
              {fields.map((name) => (
                <label key={name} className="block text-caption text-ink-soft">
                  {t(`groups.${name}`)}
                  <TextInput
                    name={name}
                    type="number"
                    inputMode="numeric"
                    {...range(name)}
                    className="mt-1"
                    placeholder={String(thresholds.partner[name])}
                    defaultValue={(refused === group.id ? (typed(query, name) ?? "") : group[name]) ?? ""}
                  />
                </label>
              ))}
              <input type="hidden" name="wasSilentDays" value={group.silentDays ?? ""} />
              <input type="hidden" name="wasStuckHours" value={group.stuckHours ?? ""} />
              <Button
                type="submit"
                aria-label={t("groups.saveOf", { group: group.name })}
                className="col-span-2 justify-self-start sm:col-span-1"
              >
                {t("groups.save")}
              </Button>
            </form>
          </li>
        ))}
      </ul>
    </Section>
  );
}
