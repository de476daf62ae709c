import { listQuery } from "#components/customers/list-address.ts";
import { Button, buttonClass } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { DownloadIcon } from "#components/ui/icons.tsx";
import { Select } from "#components/ui/input.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { CustomerListInput } from "#server/customers/schema.ts";

/** The customers that the page shows as a file: a form on their address, so that it needs no script. */
export async function ExportMenu({ input, lang }: { input: CustomerListInput; lang: Language }) {
  const t = await getT(lang, "exports");
  const address = new URLSearchParams(listQuery(input, { columns: undefined, pageSize: undefined }));
  const choice = (name: "columns" | "format", options: [value: string, label: string][]) => (
    <Field id={`export-${name}`} label={t(`menu.${name}`)}>
      {(control) => (
        <Select {...control} name={name} options={options.map(([value, label]) => ({ value, label }))} />
      )}
    </Field>
  );
  return (
    <details className="relative print:hidden">
      <summary className={`${buttonClass({})} list-none`}>
        <DownloadIcon />
        {t("menu.open")}
      </summary>
      <form
        action="/api/export/customers.csv"
        aria-label={t("menu.title")}
        className="mt-1 grid gap-4 rounded-lg border border-line bg-raised p-4 shadow-float sm:absolute sm:right-0 sm:z-10 sm:w-80"
      >
        {[...address, ["lang", lang] as const].map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        <p className="text-ink-soft">{t("menu.what")}</p>
        {choice("columns", [
          [input.columns?.join(",") ?? "visible", t("menu.visible")],
          ["all", t("menu.all")],
        ])}
        {choice("format", [
          ["local", t("menu.local")],
          ["machine", t("menu.machine")],
        ])}
        <div className="flex flex-wrap gap-2 whitespace-nowrap">
          <Button type="submit" variant="primary">
            {t("menu.csv")}
          </Button>
          <Button type="submit" variant="primary" formAction="/api/export/customers.xlsx">
            {t("menu.xlsx")}
          </Button>
        </div>
      </form>
    </details>
  );
}
