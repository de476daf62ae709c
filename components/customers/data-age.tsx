import { formatDateTime } from "#locales/format.ts";
import { getT } from "#locales/server.ts";
import { ago, type CustomerView } from "./customer-view.ts";

/** The age of what a section shows, with the exact instant behind it. */
export async function DataAge({ view }: { view: CustomerView }) {
  const { lastSync } = view.details.row;
  if (lastSync === null) return null;
  const t = await getT(view.lang, "customer");
  return (
    <time dateTime={lastSync} title={formatDateTime(view.lang, view.timeZone, new Date(lastSync))}>
      {t("dataOf", { ago: ago(view, lastSync) })}
    </time>
  );
}
