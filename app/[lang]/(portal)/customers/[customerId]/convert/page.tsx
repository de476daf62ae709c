import { ConvertAccount } from "#components/accounts/convert-account.tsx";
import { OutcomeNotice } from "#components/accounts/outcome-notice.tsx";
import { ProgrammeUndo, Programmes } from "#components/accounts/programmes.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatDay, formatList } from "#locales/format.ts";
import { api } from "#server/caller.ts";
import { readUndo } from "#server/undo/schema.ts";
import {
  type EndingProps,
  readSubject,
  titleOf,
} from "#app/[lang]/(portal)/customers/[customerId]/subject.tsx";

export const generateMetadata = titleOf("convert");

export default async function ConvertPage(props: EndingProps) {
  const {
    lang,
    customerId,
    query,
    t,
    name,
    frame,
    nothing,
    target: to,
    held,
  } = await readSubject("convert", props);
  if (held) return held;
  const details = await api.trials.byCustomer({ customerId });
  const { accounts, programmes, converted, timeZone, today } = details;
  const target = to(`/api/trials/${customerId}`);
  const refusing = programmes.filter(({ takesMonthly }) => !takesMonthly).map(({ programme }) => programme);
  const notice = query["notice"];
  const wasConverted = notice === "converted" && converted[0];
  const told = notice === "programmeRemoved" ? readUndo(query, "programme", customerId) : undefined;
  const undo = told ? await api.undo.open(told) : null;
  return frame(
    <>
      <OutcomeNotice
        done={
          wasConverted
            ? `${t("convert.starts", { day: formatDay(lang, wasConverted.on) })}: ${formatList(lang, wasConverted.products)}`
            : notice === "programmeAdded"
              ? t("convert.programmeAdded")
              : undo
                ? t("convert.programmeRemoved", { programme: undo["programme"] ?? "" })
                : undefined
        }
        undo={undo && <ProgrammeUndo programme={undo} target={target} />}
        error={query["error"]}
        lang={lang}
      />
      {!details.isFlex ? (
        nothing(t("new.notFlex"), t("convert.notFlexWhy"))
      ) : accounts.length === 0 ? (
        nothing(t("convert.none"), t("convert.noneWhy", { name }))
      ) : (
        <>
          <p className="mb-4 text-caption text-ink-soft">
            {t("zone", { zone: timeZone, day: formatDay(lang, today) })}
          </p>
          <div className="mb-6">
            <Notice tone="warning" title={t("convert.eap")}>
              {refusing.length > 0
                ? t("convert.eapNamed", { name, programmes: formatList(lang, refusing) })
                : t("convert.eapUnknown", { name })}
            </Notice>
          </div>
          {accounts.map((account) => (
            <ConvertAccount
              key={account.id}
              account={account}
              details={details}
              target={target}
              lastDay={details.lastTrialDay}
              query={query}
            />
          ))}
        </>
      )}
      {details.isFlex && (
        <Programmes
          programmes={programmes}
          typed={typeof query["programme"] === "string" ? query["programme"] : ""}
          target={target}
        />
      )}
      {converted.length > 0 && (
        <Section id="converted" title={t("convert.history")}>
          <ul className="flex flex-col gap-2">
            {converted.map((one) => (
              <li key={one.at} className="flex flex-wrap items-center gap-2">
                <span className="min-w-0">
                  {t("convert.historyLine", {
                    products: formatList(lang, one.products),
                    account: one.account,
                    day: formatDay(lang, one.on),
                    name: one.byName,
                  })}
                </span>
                <Badge tone={one.isKnown ? "positive" : "pending"}>
                  {t(one.isKnown ? "convert.known" : "convert.unknown")}
                </Badge>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>,
  );
}
