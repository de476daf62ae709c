import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatDateTime } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { Window } from "#server/settings/schema.ts";

const actOf = { current: "end", coming: "delete", past: undefined } as const;

/** The windows of one kind: those that are open can be ended, those that are coming deleted, the past ones stay. */
export async function WindowsList({
  kind,
  windows,
  lang,
  timeZone,
  membershipId,
}: {
  kind: "current" | "coming" | "past";
  windows: readonly Window[];
  lang: Language;
  timeZone: string;
  membershipId: string;
}) {
  const t = await getT(lang, "settings");
  const act = actOf[kind];
  const at = (instant: string) => (
    <time dateTime={instant}>{formatDateTime(lang, timeZone, new Date(instant))}</time>
  );
  return (
    <Section id={kind} title={t(`windows.${kind}`)} flush>
      {windows.length === 0 ? (
        <EmptyState level={3} title={t(`windows.${kind}Empty`)} />
      ) : (
        <ul className="divide-y divide-line">
          {windows.map((window) => (
            <li key={window.id} className="flex flex-wrap items-center gap-x-6 gap-y-2 px-4 py-3 sm:px-5">
              <div className="min-w-0 flex-1 basis-56">
                <p className="font-medium break-words">{window.name}</p>
                <p className="text-caption text-ink-soft">
                  {window.covers === "all" ? (
                    t("windows.coversOf.all")
                  ) : (
                    <>
                      {t(`windows.coversOf.${window.covers}`)}
                      {" · "}
                      <bdi>{window.of ?? t("windows.gone")}</bdi>
                    </>
                  )}
                  {" · "}
                  {t("windows.by", { name: window.createdBy })}
                </p>
              </div>
              <p className="text-caption">
                {at(window.startsAt)} – {at(window.endsAt)}
              </p>
              {act !== undefined && (
                <form
                  method="post"
                  action={`/api/settings/windows/${window.id}?lang=${lang}&membership=${membershipId}`}
                >
                  <input type="hidden" name="act" value={act} />
                  <Button
                    type="submit"
                    size="small"
                    aria-label={t(`windows.${act}Of`, { name: window.name })}
                  >
                    {t(`windows.${act}`)}
                  </Button>
                </form>
              )}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
