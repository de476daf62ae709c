import { FigureLegend } from "#components/figures/about.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { TextInput } from "#components/ui/input.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatDate, formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { Denied } from "#server/settings/schema.ts";
import { type Query, typed } from "./settings-page.tsx";

type Props = { lang: Language; membershipId: string };

export async function DeniedForm({ query, lang, membershipId }: Props & { query: Query }) {
  const t = await getT(lang, "settings");
  return (
    <Section id="add" title={t("denied.add")}>
      <form
        method="post"
        action={`/api/settings/denied?lang=${lang}&membership=${membershipId}`}
        className="grid items-end gap-5 sm:grid-cols-2"
      >
        <Field id="pattern" label={t("denied.pattern")} hint={t("denied.patternHint")}>
          {(control) => (
            <TextInput
              {...control}
              name="pattern"
              required
              minLength={2}
              maxLength={200}
              defaultValue={typed(query, "pattern") ?? ""}
            />
          )}
        </Field>
        <Field id="note" label={t("denied.note")} hint={t("denied.noteHint")}>
          {(control) => (
            <TextInput {...control} name="note" maxLength={500} defaultValue={typed(query, "note") ?? ""} />
          )}
        </Field>
        <div className="sm:col-span-2">
          <Button type="submit" variant="primary">
            {t("denied.submit")}
          </Button>
        </div>
      </form>
    </Section>
  );
}

export async function DeniedList({
  denied,
  lang,
  timeZone,
  membershipId,
}: Props & { denied: readonly Denied[]; timeZone: string }) {
  const t = await getT(lang, "settings");
  const counted = (count: number) => ({ count, formatted: formatNumber(lang, count) });
  return (
    <Section id="list" title={t("denied.list")} flush>
      {denied.length === 0 ? (
        <EmptyState level={3} title={t("denied.empty")} reason={t("denied.emptyWhy")} />
      ) : (
        <>
          <FigureLegend
            figures={["deniedCustomers", "deniedExceptions"]}
            lang={lang}
            className="border-b border-line px-4 py-2 sm:px-5"
          />
          <ul className="divide-y divide-line">
            {denied.map((one) => (
              <li key={one.id} className="flex flex-wrap items-center gap-x-6 gap-y-2 px-4 py-3 sm:px-5">
                <div className="min-w-0 flex-1 basis-56">
                  <p className="font-medium break-words">
                    <bdi>{one.pattern}</bdi>
                  </p>
                  {one.note !== "" && <p className="break-words">{one.note}</p>}
                  <p className="text-caption text-ink-soft">
                    {t("denied.by", {
                      name: one.createdBy,
                      at: formatDate(lang, timeZone, new Date(one.createdAt)),
                    })}
                  </p>
                </div>
                <p className="text-caption">
                  {t("denied.customers", counted(one.customers))}
                  {one.exceptions > 0 && (
                    <span className="block text-ink-soft">
                      {t("denied.exceptions", counted(one.exceptions))}
                    </span>
                  )}
                </p>
                <form
                  method="post"
                  action={`/api/settings/denied/${one.id}?lang=${lang}&membership=${membershipId}`}
                >
                  <Button
                    type="submit"
                    size="small"
                    aria-label={t("denied.removeOf", { pattern: one.pattern })}
                  >
                    {t("denied.remove")}
                  </Button>
                </form>
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}
