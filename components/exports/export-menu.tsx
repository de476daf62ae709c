"use client";

import { Button } from "#components/ui/button.tsx";
import { buttonClass } from "#components/ui/button-class.ts";
import { Field } from "#components/ui/field.tsx";
import { DownloadIcon } from "#components/ui/icons.tsx";
import { Select } from "#components/ui/input.tsx";

type Choice = [value: string, label: string];
export type ExportMenuProps = {
  /** What the file is about, as the list's address says it; and the language. */
  fields: [name: string, value: string][];
  columns: [label: string, options: Choice[]];
  format: [label: string, options: Choice[]];
  texts: { open: string; title: string; what: string; csv: string; xlsx: string };
};

/** The customers that the page shows as a file: a form on their address, so that it needs no script. */
export function ExportMenu({ fields, columns, format, texts }: ExportMenuProps) {
  const choice = (name: "columns" | "format", [label, options]: [string, Choice[]]) => (
    <Field id={`export-${name}`} label={label}>
      {(control) => (
        <Select {...control} name={name} options={options.map(([value, text]) => ({ value, label: text }))} />
      )}
    </Field>
  );
  return (
    <details className="relative print:hidden">
      <summary className={`${buttonClass({})} list-none`}>
        <DownloadIcon />
        {texts.open}
      </summary>
      <form
        action="/api/export/customers.csv"
        aria-label={texts.title}
        className="mt-1 grid gap-4 rounded-lg border border-line bg-raised p-4 shadow-float sm:absolute sm:right-0 sm:z-10 sm:w-80"
      >
        {fields.map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        <p className="text-ink-soft">{texts.what}</p>
        {choice("columns", columns)}
        {choice("format", format)}
        <div className="flex flex-wrap gap-2 whitespace-nowrap">
          <Button type="submit" variant="primary">
            {texts.csv}
          </Button>
          <Button type="submit" variant="primary" formAction="/api/export/customers.xlsx">
            {texts.xlsx}
          </Button>
        </div>
      </form>
    </details>
  );
}
