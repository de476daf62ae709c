import { Button } from "#components/ui/button.tsx";
import { Disclosure } from "#components/ui/disclosure.tsx";
import { Field } from "#components/ui/field.tsx";
import { ArrowRightIcon } from "#components/ui/icons.tsx";
import { Select } from "#components/ui/input.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { fieldIds, type ImportDetails, importDelimiters, importEncodings } from "#server/imports/schema.ts";

const delimiterNames = { ",": "comma", ";": "semicolon", "\t": "tab", "|": "bar" } as const;
type Props = { list: ImportDetails; lang: Language; membershipId: string };

/** One select per column beside its first values; below it, how the file is read, to be overruled. */
export async function MappingForm({ list, lang, membershipId }: Props) {
  const [t, common] = await Promise.all([getT(lang, "imports"), getT(lang, "common")]);
  const rows = common("table.rows", { count: list.rowsTotal, formatted: formatNumber(lang, list.rowsTotal) });
  const action = `/api/import/${list.id}/mapping?lang=${lang}&membership=${membershipId}`;
  const options = [
    { value: "", label: t("mapping.none") },
    ...fieldIds.map((id) => ({ value: id, label: t(`field.${id}`) })),
  ];
  const nameOf = (header: string, index: number) => header || t("mapping.unnamed", { number: index + 1 });
  return (
    <>
      <Section id="mapping" title={t("mapping.columns")} aside={rows} flush>
        <form method="post" action={action}>
          <input type="hidden" name="encoding" value={list.encoding} />
          <input type="hidden" name="delimiter" value={list.delimiter} />
          <p className="max-w-prose px-4 pt-4 pb-3 text-ink-soft sm:px-5">
            {list.isRemembered && <strong className="text-ink">{`${t("mapping.remembered")} `}</strong>}
            {t("mapping.lead")}
          </p>
          <ul>
            {list.columns.map(({ header, field }, index) => (
              <li
                key={index}
                className="grid items-center gap-x-6 gap-y-2 border-t border-line px-4 py-3 sm:grid-cols-[minmax(0,1fr)_18rem] sm:px-5"
              >
                <div className="min-w-0">
                  <p className="truncate font-medium" title={header}>
                    <bdi>{nameOf(header, index)}</bdi>
                  </p>
                  <p className="truncate text-caption text-ink-soft">
                    <bdi>{list.samples[index]?.join(" · ") || t("mapping.noSamples")}</bdi>
                  </p>
                </div>
                <Select
                  name={`column-${index}`}
                  aria-label={t("mapping.fieldOf", { column: nameOf(header, index) })}
                  options={options}
                  defaultValue={field ?? ""}
                />
              </li>
            ))}
          </ul>
          <div className="border-t border-line px-4 py-4 sm:px-5">
            <Button type="submit" variant="primary">
              {t("mapping.submit")}
              <ArrowRightIcon />
            </Button>
          </div>
        </form>
      </Section>
      <Disclosure
        summary={t("reading.detected", {
          encoding: t(`encoding.${list.encoding}`),
          delimiter: t(`delimiter.${delimiterNames[list.delimiter]}`),
        })}
      >
        <form method="post" action={action} className="max-w-xl">
          <p className="mb-4 text-ink-soft">{t("reading.hint")}</p>
          <div className="grid gap-4 sm:grid-cols-2">
            <Field id="encoding" label={t("reading.encoding")}>
              {(control) => (
                <Select
                  {...control}
                  name="encoding"
                  options={importEncodings.map((value) => ({ value, label: t(`encoding.${value}`) }))}
                  defaultValue={list.encoding}
                />
              )}
            </Field>
            <Field id="delimiter" label={t("reading.delimiter")}>
              {(control) => (
                <Select
                  {...control}
                  name="delimiter"
                  options={importDelimiters.map((value) => ({
                    value,
                    label: t(`delimiter.${delimiterNames[value]}`),
                  }))}
                  defaultValue={list.delimiter}
                />
              )}
            </Field>
          </div>
          <Button type="submit" className="mt-4">
            {t("reading.submit")}
          </Button>
        </form>
      </Disclosure>
    </>
  );
}
