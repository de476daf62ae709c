import { Badge, type Tone } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatDay } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { UnlinkDetails } from "#server/unlinks/schema.ts";
import { PostForm, type PostTarget } from "./post-form.tsx";

type Account = UnlinkDetails["accounts"][number];

/** One account: the row of the rule table that holds for each licence, what comes of it, and doing it or taking it back. */
export async function UnlinkAccount({
  account,
  vendor,
  target,
}: {
  account: Account;
  vendor: string;
  target: PostTarget;
}) {
  const { lang } = target;
  const [t, d, list] = await Promise.all([
    getT(lang, "accounts"),
    getT(lang, "customer"),
    getT(lang, "customers"),
  ]);
  const day = (text: string) => formatDay(lang, text);
  const { plan, unlinkOn, licences } = account;
  const outcome: { tone: Tone; text: string } =
    unlinkOn !== null
      ? { tone: "warning", text: t("unlink.outcome.planned", { day: day(unlinkOn) }) }
      : plan.kind === "now"
        ? { tone: "positive", text: t("unlink.outcome.now") }
        : plan.kind === "scheduled"
          ? { tone: "warning", text: t("unlink.outcome.scheduled", { day: day(plan.on) }) }
          : { tone: "danger", text: t("unlink.outcome.refused") };
  return (
    <Section
      id={`account-${account.id}`}
      title={account.name}
      aside={<Badge tone={outcome.tone}>{outcome.text}</Badge>}
    >
      <p className="mb-3 text-caption text-ink-soft">
        {vendor} · {account.connection} · <code className="break-all">{account.externalId}</code>
      </p>
      <p className="mb-4 max-w-prose">
        {account.droppedAt !== null && plan.kind === "refused" && `${t("unlink.dropped")} `}
        {await sentence(account, lang)}
      </p>
      {licences.length === 0 ? (
        <p className="mb-4 text-ink-soft">{t("unlink.noLicences")}</p>
      ) : (
        <ul className="mb-4 divide-y divide-line border-y border-line">
          {licences.map((licence, index) => (
            <li key={index} className="grid gap-x-6 gap-y-0.5 py-2 sm:grid-cols-2" data-row={licence.row}>
              <span className="min-w-0">
                {licence.product ?? <i>{t("unlink.hidden")}</i>}{" "}
                <span className="text-caption text-ink-soft">
                  {list(`kind.${licence.kind}`)} · {d(`products.state.${licence.status}`)}
                </span>
              </span>
              <span>
                {licence.row === "term" && licence.possibleOn !== null
                  ? t("unlink.row.termUntil", { day: day(licence.possibleOn) })
                  : licence.row === "term" || licence.row === "free"
                    ? t(`unlink.row.${licence.row}`)
                    : t(`unlink.row.${licence.row}`, { day: day(licence.possibleOn ?? "") })}
              </span>
            </li>
          ))}
        </ul>
      )}
      {unlinkOn !== null ? (
        <PostForm target={target} fields={{ action: "cancel", accountId: account.id }}>
          <Button type="submit" aria-label={t("unlink.cancelNamed", { account: account.name })}>
            {t("unlink.cancel")}
          </Button>
        </PostForm>
      ) : (
        plan.kind !== "refused" && (
          <PostForm target={target} fields={{ action: "unlink", accountId: account.id }}>
            <Button
              type="submit"
              variant="danger"
              aria-label={t(plan.kind === "now" ? "unlink.oneNamed" : "unlink.oneScheduleNamed", {
                account: account.name,
              })}
            >
              {t(plan.kind === "now" ? "unlink.one" : "unlink.oneSchedule")}
            </Button>
          </PostForm>
        )
      )}
    </Section>
  );
}

async function sentence({ plan, unlinkOn }: Account, lang: Language): Promise<string> {
  const t = await getT(lang, "accounts");
  if (unlinkOn !== null) return t("unlink.sentence.planned", { day: formatDay(lang, unlinkOn) });
  if (plan.kind === "now") return t("unlink.sentence.now");
  const product = plan.product ?? t("unlink.hidden");
  if (plan.kind === "scheduled")
    return t("unlink.sentence.scheduled", { product, day: formatDay(lang, plan.on) });
  if (plan.possibleOn === null) return t("unlink.sentence.termOpen", { product });
  const values = { product, day: formatDay(lang, plan.possibleOn) };
  return plan.why === "termLicence" ? t("unlink.sentence.term", values) : t("unlink.sentence.recent", values);
}
