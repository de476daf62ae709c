import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatAgo, formatDateTime } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { Profile } from "#server/profile/schema.ts";
import { deviceOf } from "./device-name.ts";

export async function Sessions({ profile, lang }: { profile: Profile; lang: Language }) {
  const t = await getT(lang, "profile");
  return (
    <Section
      id="sessions"
      title={t("sessions.title")}
      action={
        <form method="post" action="/api/profile/end-all-sessions">
          <Button type="submit" size="small">
            {t("sessions.endAll")}
          </Button>
        </form>
      }
    >
      <p className="text-ink-soft">{t("sessions.lead")}</p>
      <ul className="mt-2 divide-y divide-line">
        {profile.sessions.map((session) => {
          const known = deviceOf(session.userAgent);
          const device = known ? t("sessions.device", known) : t("sessions.unknownDevice");
          return (
            <li
              key={session.id}
              data-row-id={session.id}
              className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-2"
            >
              <div className="min-w-0">
                <p className="flex flex-wrap items-center gap-2 font-medium">
                  {device}
                  {session.isCurrent && <Badge tone="accent">{t("sessions.this")}</Badge>}
                </p>
                <p className="text-caption text-ink-soft">
                  {t("sessions.column.address")}{" "}
                  {session.address === "" ? t("sessions.noAddress") : session.address}
                  {" · "}
                  {t("sessions.column.since")}{" "}
                  {formatDateTime(lang, profile.timeZone, new Date(session.createdAt))}
                  {session.provider !== null && ` ${t("sessions.by", { provider: session.provider })}`}
                  {" · "}
                  {t("sessions.column.used")}{" "}
                  {formatAgo(lang, new Date(session.lastSeenAt), new Date(profile.now))}
                </p>
              </div>
              <form method="post" action="/api/profile/end-session">
                <input type="hidden" name="sessionId" value={session.id} />
                <Button type="submit" size="small" aria-label={t("sessions.endOf", { device })}>
                  {t("sessions.end")}
                </Button>
              </form>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
