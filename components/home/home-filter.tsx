import { GroupFilter } from "#components/groups/group-filter.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { getT } from "#locales/server.ts";
import { type HomeView, homeHref } from "./home-view.ts";

/** Whose work, and of which group: links and a form, so that both are in the address. */
export async function HomeFilter({ view }: { view: HomeView }) {
  const { queue, input, lang } = view;
  const t = await getT(lang, "home");
  return (
    <>
      <GroupFilter
        groups={queue.groups}
        chosen={input.group}
        action={`/${lang}`}
        keep={{ of: input.of === "mine" ? "mine" : undefined, kind: input.kind }}
        lang={lang}
      />
      <Tabs
        label={t("of.label")}
        tabs={(["team", "mine"] as const).map((of) => ({
          href: homeHref(view, { of }),
          label: t(`of.${of}`),
          current: of === input.of,
        }))}
      />
    </>
  );
}
