import { Notice } from "#components/ui/notice.tsx";
import type { Language } from "#locales/languages.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";

const tones = {
  started: "positive",
  joined: "accent",
  waiting: "warning",
  cancelled: "positive",
  over: "accent",
  redriven: "positive",
} as const;
const isOutcome = (name: string): name is keyof typeof tones => Object.hasOwn(tones, name);

type Props = { query: Record<string, string | string[] | undefined>; lang: Language };

/** What became of a form of synchronisation: an outcome (`sync.…`) in `notice`, or an error code in `error`; nothing else is shown. */
export async function OutcomeNotice({ query, lang }: Props) {
  const t = await getT(lang, "sync");
  const [notice = ""] = [query["notice"]].flat();
  const outcome = notice.replace(/^sync\./, "");
  if (notice !== outcome && isOutcome(outcome))
    return (
      <output className="mb-5 block">
        <Notice tone={tones[outcome]} title={t(`notice.${outcome}.title`)}>
          {t(`notice.${outcome}.body`)}
        </Notice>
      </output>
    );
  const [error] = [query["error"]].flat();
  if (error === undefined || !isErrorCode(error)) return null;
  return (
    <div className="mb-5">
      <Notice tone="danger" title={t("notice.failed.title")}>
        {errorText(lang, error).message}
      </Notice>
    </div>
  );
}
