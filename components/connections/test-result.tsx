import { PageRefresh } from "#components/imports/page-refresh.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Progress } from "#components/ui/progress.tsx";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import type { ConnectionView } from "./connection-view.ts";

/** For how long (ms) after its end a test is news, and not just one line of the health. */
const NEWS_MS = 10 * 60_000;

/** A test that goes on, on a page that renews itself until it is over; then what came of it. */
export async function TestResult({ view: { details, lang, now } }: { view: ConnectionView }) {
  const t = await getT(lang, "connection");
  const { state, isRotation, at, code, detail } = details.test;
  if (state === "waiting")
    return (
      <div className="mb-5 rounded-lg border border-line bg-surface p-4 sm:p-5" data-test="waiting">
        <noscript>
          <meta httpEquiv="refresh" content="3" />
        </noscript>
        <PageRefresh />
        <Progress label={t("testing.label")} max={1} text={t("testing.text")} />
        <p className="mt-3 text-ink-soft">{t("testing.leave")}</p>
      </div>
    );
  if (at === null || now.getTime() - Date.parse(at) > NEWS_MS) return null;
  if (state === "passed")
    return (
      <output className="mb-5 block" data-test="passed">
        <Notice tone="positive" title={t(isRotation ? "result.rotated" : "result.passed")}>
          {t("result.passedBody", { detail: detail ?? "" })}
        </Notice>
      </output>
    );
  if (state !== "failed" || code === null) return null;
  const text = isErrorCode(code) ? errorText(lang, code) : { message: code };
  return (
    <div className="mb-5" data-test="failed">
      <Notice tone="danger" title={t(isRotation ? "result.rotationFailed" : "result.failed")}>
        <p>
          {text.message} {text.advice}
        </p>
        {detail !== null && detail !== "" && (
          <p className="mt-1 text-caption break-words text-ink-soft">
            {t("health.said")} <q className="text-ink">{detail}</q>
          </p>
        )}
      </Notice>
    </div>
  );
}
