import { Button } from "#components/ui/button.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatDateTime } from "#locales/format.ts";
import { getT } from "#locales/server.ts";
import { type MonthlyAccount, TERMS_VERSION } from "#server/monthly-accounts/schema.ts";
import { PostForm, type PostTarget } from "./post-form.tsx";

const sentences = ["bill", "end", "assist", "data"] as const;

/** The third step: what is accepted, in which version; `isSent` says that nothing was accepted. */
export async function TermsForm({
  account,
  isSent,
  back,
  timeZone,
  target,
}: {
  account: MonthlyAccount;
  isSent: boolean;
  back: string;
  timeZone: string;
  target: PostTarget;
}) {
  const { lang } = target;
  const t = await getT(lang, "accounts");
  const { terms } = account;
  return (
    <Section id="terms" title={t("new.termsTitle", { version: TERMS_VERSION })}>
      <PostForm target={target} fields={{ step: "terms" }} className="flex max-w-prose flex-col gap-5">
        <ol className="list-decimal space-y-2 pl-5">
          {sentences.map((sentence) => (
            <li key={sentence}>{t(`new.terms.${sentence}`)}</li>
          ))}
        </ol>
        {isSent && terms === null && <Notice tone="danger" title={t("new.acceptFault")} />}
        <div>
          <label className="flex items-start gap-2 font-medium">
            <input
              type="checkbox"
              name="accepted"
              value={TERMS_VERSION}
              defaultChecked={terms !== null}
              className="mt-0.5 size-4"
              aria-describedby="accept-hint"
            />
            {t("new.accept")}
          </label>
          <p id="accept-hint" className="mt-1 pl-6 text-caption text-ink-soft">
            {terms === null
              ? t("new.acceptHint")
              : t("new.accepted", {
                  version: terms.version,
                  name: terms.by,
                  at: formatDateTime(lang, timeZone, new Date(terms.at)),
                })}
          </p>
        </div>
        <div className="flex flex-wrap gap-3">
          <Button type="submit" variant="primary">
            {t("new.next.terms")}
          </Button>
          <LinkButton href={back}>{t("new.goBack")}</LinkButton>
        </div>
      </PostForm>
    </Section>
  );
}
