import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { DownloadIcon } from "#components/ui/icons.tsx";
import { Select } from "#components/ui/input.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { BulkDetails } from "#server/bulk/schema.ts";
import { ExportWatch } from "./export-watch.tsx";

/** The selected customers as a file: its download is the job, so that its page says how far it is and how it ended. */
export async function ExportForm({ job, lang }: { job: BulkDetails; lang: Language }) {
  const t = await getT(lang, "exports");
  const choices = {
    columns: [
      { value: "visible", label: t("menu.visible") },
      { value: "all", label: t("menu.all") },
    ],
    format: [
      { value: "local", label: t("menu.local") },
      { value: "machine", label: t("menu.machine") },
    ],
  };
  return (
    <form action="/api/export/customers.csv" className="grid max-w-xl gap-4">
      <input type="hidden" name="bulk" value={job.id} />
      <input type="hidden" name="lang" value={lang} />
      {(["columns", "format"] as const).map((name) => (
        <Field key={name} id={name} label={t(`menu.${name}`)}>
          {(control) => <Select {...control} name={name} options={choices[name]} />}
        </Field>
      ))}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" icon={<DownloadIcon />}>
          {t("menu.csv")}
        </Button>
        <Button type="submit" icon={<DownloadIcon />} formAction="/api/export/customers.xlsx">
          {t("menu.xlsx")}
        </Button>
      </div>
      <ExportWatch />
    </form>
  );
}
