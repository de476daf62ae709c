import { Button } from "#components/ui/button.tsx";
import { Progress } from "#components/ui/progress.tsx";
import { formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { ImportDetails } from "#server/imports/schema.ts";
import { PageRefresh } from "./page-refresh.tsx";

export async function ImportProgress({
  list,
  lang,
  membershipId,
}: {
  list: ImportDetails;
  lang: Language;
  membershipId: string;
}) {
  const t = await getT(lang, "imports");
  const isWaiting = list.state === "queued";
  return (
    <div className="max-w-2xl rounded-lg border border-line bg-surface p-4 sm:p-5">
      <noscript>
        <meta httpEquiv="refresh" content="3" />
      </noscript>
      <PageRefresh />
      <Progress
        label={t(isWaiting ? "progress.waiting" : "progress.label")}
        {...(!isWaiting && { value: list.rowsDone })}
        max={list.rowsTotal}
        text={t("progress.text", {
          done: formatNumber(lang, list.rowsDone),
          total: formatNumber(lang, list.rowsTotal),
        })}
      />
      <p className="mt-4 text-ink-soft">{t("progress.leave")}</p>
      <form
        method="post"
        action={`/api/import/${list.id}/cancel?lang=${lang}&membership=${membershipId}`}
        className="mt-4"
      >
        <Button type="submit">{t("progress.cancel")}</Button>
      </form>
    </div>
  );
}
