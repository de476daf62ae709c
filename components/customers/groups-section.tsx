import { Section } from "#components/ui/section.tsx";
import { getT } from "#locales/server.ts";
import type { CustomerView } from "./customer-view.ts";

export async function GroupsSection({ view: { details, lang } }: { view: CustomerView }) {
  const t = await getT(lang, "customer");
  const { groups } = details.row;
  return (
    <Section
      id="groups"
      title={t("groups.title")}
      data-section="groups"
      data-state={groups.length === 0 ? "empty" : "full"}
    >
      {groups.length === 0 ? (
        <p className="text-ink-soft">{t("groups.empty")}</p>
      ) : (
        <ul className="flex flex-wrap gap-2">
          {groups.map((group) => (
            <li key={group} className="rounded-full bg-sunken px-2.5 py-0.5">
              <bdi>{group}</bdi>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
