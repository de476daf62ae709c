import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { CheckIcon } from "#components/ui/icons.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatDate } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { Profile } from "#server/profile/schema.ts";

export async function SecondFactor({ profile, lang }: { profile: Profile; lang: Language }) {
  const t = await getT(lang, "profile");
  const { secondFactor } = profile;
  const isOn = secondFactor.state === "on";
  return (
    <Section
      id="second-factor"
      title={t("secondFactor.title")}
      aside={
        isOn ? (
          <Badge tone="positive" icon={<CheckIcon className="size-3.5" />}>
            {t("secondFactor.on")}
          </Badge>
        ) : (
          <Badge>{t("secondFactor.off")}</Badge>
        )
      }
    >
      {isOn ? (
        <>
          <p>
            {t("secondFactor.onSince", {
              date: formatDate(lang, profile.timeZone, new Date(secondFactor.since)),
            })}
            {" · "}
            {t("secondFactor.codesLeft", { count: secondFactor.codesLeft })}
          </p>
          {!profile.isVouched && (
            <div className="mt-4 flex flex-wrap items-center gap-2">
              <form method="post" action="/api/profile/renew-codes">
                <Button type="submit">{t("secondFactor.renew")}</Button>
              </form>
              <form method="post" action="/api/profile/remove-second-factor">
                <Button type="submit">{t("secondFactor.remove")}</Button>
              </form>
              <p className="basis-full text-caption text-ink-soft">{t("secondFactor.renewHint")}</p>
            </div>
          )}
        </>
      ) : (
        <>
          <p className="max-w-prose text-ink-soft">{t("secondFactor.offLead")}</p>
          {!profile.isVouched && (
            <div className="mt-4 flex flex-wrap gap-2">
              {secondFactor.state === "pending" && (
                <LinkButton href={`/${lang}/profile/second-factor`}>{t("secondFactor.finish")}</LinkButton>
              )}
              <form method="post" action="/api/profile/begin-second-factor">
                <Button type="submit">{t("secondFactor.begin")}</Button>
              </form>
            </div>
          )}
        </>
      )}
    </Section>
  );
}
