import { Badge, type Tone } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/section.tsx";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import type { MonthlyAccount } from "#server/monthly-accounts/schema.ts";
import { OrderedLines } from "./account-summary.tsx";
import { PostForm, type PostTarget } from "./post-form.tsx";

type Created = NonNullable<MonthlyAccount["created"]>;
const tones: Record<Created["opening"], Tone> = {
  waiting: "pending",
  sending: "pending",
  opened: "positive",
  refused: "danger",
  by_hand: "warning",
};

/** After the last step: the customer is here, and how far its account is at the vendor. */
export async function AccountCreated({
  account,
  created,
  target,
}: {
  account: MonthlyAccount;
  created: Created;
  target: PostTarget;
}) {
  const { lang } = target;
  const t = await getT(lang, "accounts");
  const { opening, code, detail } = created;
  const isInDoubt = opening === "sending" && code !== null;
  return (
    <>
      <div className="mb-6">
        <Notice tone="positive" title={t("new.created", { name: account.details.name ?? "" })}>
          {t("new.createdLead")}
        </Notice>
      </div>
      <Section
        id="opening"
        title={t("new.opening")}
        aside={<Badge tone={tones[opening]}>{t(`new.stateName.${opening}`)}</Badge>}
      >
        <p className="max-w-prose" data-opening={opening}>
          {t(`new.state.${isInDoubt ? "inDoubt" : opening}`)}
        </p>
        {code !== null && (
          <div className="mt-3 max-w-prose">
            <p>
              <b className="font-medium">{t("new.why")}</b>:{" "}
              {isErrorCode(code) ? errorText(lang, code).message : code}
            </p>
            {detail !== null && (
              <p className="text-caption break-words text-ink-soft">{t("new.vendorSaid", { detail })}</p>
            )}
          </div>
        )}
        <div className="mt-4 flex flex-wrap gap-3">
          {(opening === "refused" || isInDoubt) && (
            <PostForm target={target} fields={{ step: "again" }}>
              <Button type="submit">{t("new.tryAgain")}</Button>
            </PostForm>
          )}
          {(opening === "waiting" || opening === "sending") && (
            <LinkButton href={`/${lang}/customers/new/${account.id}`}>{t("new.reload")}</LinkButton>
          )}
        </div>
      </Section>
      <Section id="ordered" title={t("new.ordered")}>
        <OrderedLines lines={account.lines} lang={lang} />
        <p className="mt-3 text-ink-soft">{t("new.fullPrice")}</p>
      </Section>
      <div className="flex flex-wrap gap-3">
        <LinkButton href={`/${lang}/customers/${created.customerId}`} variant="primary">
          {t("new.openCustomer")}
        </LinkButton>
        <LinkButton href={`/${lang}/customers/new`}>{t("new.another")}</LinkButton>
      </div>
    </>
  );
}
