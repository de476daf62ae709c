import { Button } from "#components/ui/button.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { CustomerRecord } from "#server/records/schema.ts";

/** *Launch* where one looks for it, and why it cannot be pressed. */
export async function LaunchPlace({ launch, lang }: Pick<CustomerRecord, "launch"> & { lang: Language }) {
  const t = await getT(lang, "customer");
  return (
    <>
      <Button disabled aria-describedby="launch-why">
        {t("launch.action")}
      </Button>
      <p id="launch-why" className="basis-full text-caption text-ink-soft">
        {t(`launch.${launch}`)}
      </p>
    </>
  );
}
