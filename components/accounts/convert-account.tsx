import { Button } from "#components/ui/button.tsx";
import { TextInput } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatDay, formatNumber } from "#locales/format.ts";
import { getT } from "#locales/server.ts";
import type { TrialDetails } from "#server/trials/schema.ts";
import type { Query } from "./page-input.ts";
import { PostForm, type PostTarget } from "./post-form.tsx";

/** The trials of one account by name, what each becomes, and ending all of them. */
export async function ConvertAccount({
  account,
  details,
  target,
  lastDay,
  query,
}: {
  account: TrialDetails["accounts"][number];
  details: TrialDetails;
  target: PostTarget;
  /** The last day of the trials: the one before the conversion. */
  lastDay: string;
  query: Query;
}) {
  const { lang } = target;
  const t = await getT(lang, "accounts");
  const { trials } = account;
  const count = { count: trials.length, formatted: formatNumber(lang, trials.length) };
  if (account.refused)
    return (
      <Section id={`account-${account.id}`} title={account.name}>
        <Notice tone="danger" title={t("convert.refused")}>
          {t("convert.refusedWhy")}
        </Notice>
      </Section>
    );
  return (
    <Section id={`account-${account.id}`} title={account.name}>
      <PostForm
        target={target}
        fields={{ action: "convert", conversionId: details.conversionId, accountId: account.id }}
      >
        <h3 className="font-semibold">{t("convert.ends", { ...count, day: formatDay(lang, lastDay) })}</h3>
        <p className="mb-3 max-w-prose text-ink-soft">{t("convert.all")}</p>
        <ul className="mb-4 divide-y divide-line border-y border-line">
          {trials.map((trial, index) => {
            const typed = query[`quantity-${index}`];
            return (
              <li key={trial.key} className="flex flex-wrap items-center gap-x-6 gap-y-2 py-2.5">
                <input type="hidden" name={`trial-${index}`} value={trial.key} />
                <span className="min-w-0 flex-1 basis-56">
                  <b className="font-medium">{trial.product}</b>
                  <span className="block text-caption text-ink-soft">
                    {trial.endsOn === null
                      ? t("convert.openEnd")
                      : `${t("convert.until")} ${formatDay(lang, trial.endsOn)}`}
                    {trial.used !== null && ` · ${t("convert.used")} ${formatNumber(lang, trial.used)}`}
                  </span>
                </span>
                {trial.isUnlimited ? (
                  <span>{t("convert.unlimited")}</span>
                ) : (
                  <label className="flex items-center gap-2">
                    <span className="text-caption text-ink-soft">
                      {t("convert.quantity")}
                      <span className="sr-only"> {trial.product}</span>
                    </span>
                    <TextInput
                      name={`quantity-${index}`}
                      inputMode="numeric"
                      defaultValue={typeof typed === "string" ? typed : String(trial.suggested ?? 1)}
                      className="max-w-28 text-right"
                      required
                      maxLength={7}
                    />
                  </label>
                )}
              </li>
            );
          })}
        </ul>
        <p className="mb-1 font-medium">{t("convert.starts", { day: formatDay(lang, details.today) })}</p>
        <p className="mb-4 max-w-prose text-ink-soft">
          {t("new.fullPrice")} {t("convert.byHand")}
        </p>
        <Button type="submit" variant="danger">
          {t("convert.submit", count)}
        </Button>
      </PostForm>
    </Section>
  );
}
