import { Button } from "#components/ui/button.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatDate } from "#locales/format.ts";
import { getT } from "#locales/server.ts";
import { formAction, type WarningView } from "./warning-view.ts";

/** Denied applications that are allowed at this customer, and taking that back. */
export async function AllowedApplications({ view }: { view: WarningView }) {
  const { allowed, mayHandle } = view.warnings;
  if (allowed.length === 0) return null;
  const t = await getT(view.lang, "warnings");
  return (
    <Section id="allowed" title={t("allowed.title")} flush>
      <ul className="divide-y divide-line">
        {allowed.map((one) => (
          <li key={one.id} className="flex flex-wrap items-center gap-x-6 gap-y-2 px-4 py-3 sm:px-5">
            <div className="min-w-0 flex-1 basis-56">
              <p className="font-medium break-words">
                <bdi>{one.pattern}</bdi>
              </p>
              <p className="break-words">{one.why}</p>
              <p className="text-caption text-ink-soft">
                {t("allowed.by", {
                  name: one.by,
                  at: formatDate(view.lang, view.timeZone, new Date(one.at)),
                })}
              </p>
            </div>
            {mayHandle && (
              <form method="post" action={formAction(view)}>
                <input type="hidden" name="act" value="disallow" />
                <input type="hidden" name="denied" value={one.id} />
                <Button
                  type="submit"
                  size="small"
                  aria-label={t("allowed.removeOf", { pattern: one.pattern })}
                >
                  {t("allowed.remove")}
                </Button>
              </form>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
