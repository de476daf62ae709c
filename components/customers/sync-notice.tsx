import { OutcomeNotice } from "#components/sync/outcome-notice.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";

type Props = { query: Record<string, string | string[] | undefined>; lang: Language };

/** A count as the address of a group's outcome gives it; 0 for anything else. */
const countIn = (value: string | string[] | undefined): number =>
  typeof value === "string" && /^[1-9]\d{0,8}$/.test(value) ? Number(value) : 0;

/** What became of the form that led here: a known outcome in `notice` or an error code in `error`; nothing else is shown. */
export async function SyncNotice({ query, lang }: Props) {
  const [t, sync] = await Promise.all([getT(lang, "customers"), getT(lang, "sync")]);
  const [notice] = [query["notice"]].flat();
  const [customers, left] = [countIn(query["customers"]), countIn(query["left"])];
  const amount = (count: number) => ({ count, formatted: formatNumber(lang, count) });
  if (notice === "sync.started" || notice === "sync.joined") {
    const outcome = notice === "sync.started" ? "started" : "joined";
    return (
      <output className="mb-5 block">
        <Notice tone={outcome === "started" ? "positive" : "accent"} title={t(`notice.${outcome}.title`)}>
          {[
            t(`notice.${outcome}.body`),
            customers > 0 && sync("group.read", amount(customers)),
            left > 0 && sync("group.left", amount(left)),
          ]
            .filter(Boolean)
            .join(" ")}
        </Notice>
      </output>
    );
  }
  if (notice === "sync.waiting") return <OutcomeNotice query={query} lang={lang} />;
  const [error] = [query["error"]].flat();
  if (error === undefined || error === "pin.tooMany" || !isErrorCode(error)) return null;
  return (
    <div className="mb-5">
      <Notice tone="danger" title={t("notice.other.title")}>
        {errorText(lang, error).message}
      </Notice>
    </div>
  );
}
