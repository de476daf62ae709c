import { OutcomeNotice } from "#components/accounts/outcome-notice.tsx";
import { PostForm } from "#components/accounts/post-form.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { TextInput } from "#components/ui/input.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatList, formatNumber } from "#locales/format.ts";
import { api } from "#server/caller.ts";
import { goingKinds } from "#server/disconnects/schema.ts";
import {
  type EndingProps,
  readSubject,
  titleOf,
} from "#app/[lang]/(portal)/customers/[customerId]/subject.tsx";

export const generateMetadata = titleOf("disconnect");

export default async function DisconnectPage(props: EndingProps) {
  const {
    lang,
    customerId,
    query,
    t,
    name,
    frame,
    target: to,
    held,
  } = await readSubject("disconnect", props);
  if (held) return held;
  const { goes, stays, isClosed, billed } = await api.disconnects.byCustomer({ customerId });
  const counted = (count: number) => ({ count, formatted: formatNumber(lang, count) });
  const target = to(`/api/disconnects/${customerId}`);
  return frame(
    <>
      <OutcomeNotice error={query["error"]} lang={lang} />
      {billed.length > 0 && (
        <div className="mb-6">
          <Notice
            tone="warning"
            title={t("disconnect.billed")}
            action={
              <LinkButton href={`/${lang}/customers/${customerId}/unlink`} size="small">
                {t("disconnect.unlinkFirst")}
              </LinkButton>
            }
          >
            {t("disconnect.billedWhy", { products: formatList(lang, billed) })}
          </Notice>
        </div>
      )}
      <div className="grid items-start gap-x-6 lg:grid-cols-2">
        <Section id="goes" title={t("disconnect.goes")}>
          <p className="mb-3 max-w-prose">{t("disconnect.goesAll")}</p>
          <ul className="list-disc space-y-1 pl-5">
            {goingKinds
              .filter((kind) => goes[kind] > 0)
              .map((kind) => (
                <li key={kind}>{t(`disconnect.kind.${kind}`, counted(goes[kind]))}</li>
              ))}
          </ul>
        </Section>
        <Section id="stays" title={t("disconnect.stays")}>
          <ul className="list-disc space-y-1 pl-5">
            <li>{t("disconnect.staysVendor")}</li>
            <li>{t("disconnect.staysAudit")}</li>
            <li>{t("disconnect.staysLedger", counted(stays.ledger))}</li>
            <li>
              {stays.months > 0
                ? t("disconnect.staysMonths", counted(stays.months))
                : t("disconnect.staysNoMonths")}
            </li>
            {isClosed && <li>{t("disconnect.staysClosed")}</li>}
          </ul>
        </Section>
      </div>
      <Section id="confirm" title={t("disconnect.confirm")}>
        <PostForm target={target} className="flex max-w-xl flex-col items-start gap-4">
          <p className="max-w-prose text-ink-soft">{t("disconnect.fresh")}</p>
          <Field id="word" label={t("disconnect.word")} className="max-w-40">
            {(control) => <TextInput {...control} name="word" autoComplete="off" required maxLength={40} />}
          </Field>
          <div className="flex flex-wrap gap-3">
            <Button type="submit" variant="danger">
              {t("disconnect.submit", { name })}
            </Button>
            <LinkButton href={`/${lang}/customers/${customerId}`}>{t("back")}</LinkButton>
          </div>
        </PostForm>
      </Section>
    </>,
  );
}
