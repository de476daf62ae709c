import { listQuery } from "#components/customers/list-address.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { CustomerListInput } from "#server/customers/schema.ts";
import type { ExportMenuProps } from "./export-menu.tsx";

/** The words and choices of the export of what a list's address shows. */
export async function exportProps(input: CustomerListInput, lang: Language): Promise<ExportMenuProps> {
  const t = await getT(lang, "exports");
  const address = new URLSearchParams(listQuery(input, { columns: undefined, pageSize: undefined }));
  return {
    fields: [...address, ["lang", lang]],
    columns: [
      t("menu.columns"),
      [
        [input.columns?.join(",") ?? "visible", t("menu.visible")],
        ["all", t("menu.all")],
      ],
    ],
    format: [
      t("menu.format"),
      [
        ["local", t("menu.local")],
        ["machine", t("menu.machine")],
      ],
    ],
    texts: {
      open: t("menu.open"),
      title: t("menu.title"),
      what: t("menu.what"),
      csv: t("menu.csv"),
      xlsx: t("menu.xlsx"),
    },
  };
}
