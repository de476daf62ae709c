import { Button } from "#components/ui/button.tsx";
import { PlusIcon } from "#components/ui/icons.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatDate } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { Profile } from "#server/profile/schema.ts";

/** What a provider calls itself where we know it, else its host. */
const nameOf = (profile: Profile, issuer: string): string =>
  profile.linkable.find((provider) => provider.issuer === issuer)?.name ?? URL.parse(issuer)?.host ?? issuer;

/** Accounts of providers that are linked, and those that can be. */
export async function Ways({ profile, lang }: { profile: Profile; lang: Language }) {
  const t = await getT(lang, "profile");
  const date = (instant: string) => formatDate(lang, profile.timeZone, new Date(instant));
  return (
    <Section id="ways" title={t("ways.title")}>
      <p className="max-w-prose text-ink-soft">{t("ways.lead")}</p>
      {profile.identities.length === 0 ? (
        <p className="mt-3">{t("ways.empty")}</p>
      ) : (
        <ul className="mt-3 divide-y divide-line">
          {profile.identities.map((identity) => (
            <li
              key={`${identity.issuer} ${identity.subject}`}
              className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-2"
            >
              <div className="min-w-0">
                <p className="font-medium">{nameOf(profile, identity.issuer)}</p>
                <p className="text-caption break-all text-ink-soft">
                  {identity.email || identity.subject}
                  {" · "}
                  {t("ways.column.added")} {date(identity.createdAt)}
                  {" · "}
                  {t("ways.column.used")}{" "}
                  {identity.lastUsedAt === null ? t("ways.never") : date(identity.lastUsedAt)}
                </p>
              </div>
              {!profile.isVouched && (
                <form method="post" action="/api/profile/unlink">
                  <input type="hidden" name="issuer" value={identity.issuer} />
                  <input type="hidden" name="subject" value={identity.subject} />
                  <Button
                    type="submit"
                    aria-label={t("ways.removeFrom", { issuer: nameOf(profile, identity.issuer) })}
                  >
                    {t("ways.remove")}
                  </Button>
                </form>
              )}
            </li>
          ))}
        </ul>
      )}
      {!profile.isVouched && (
        <div className="mt-4">
          <h3 className="font-medium">{t("ways.add")}</h3>
          {profile.linkable.length === 0 ? (
            <p className="mt-1 text-ink-soft">{t("ways.noneOffered")}</p>
          ) : (
            <div className="mt-2 flex flex-wrap gap-2">
              {profile.linkable.map(({ id, name }) => (
                <form key={id} method="post" action="/api/profile/link">
                  <input type="hidden" name="issuerId" value={id} />
                  <Button type="submit" icon={<PlusIcon />}>
                    {t("ways.addWith", { name })}
                  </Button>
                </form>
              ))}
            </div>
          )}
        </div>
      )}
    </Section>
  );
}
