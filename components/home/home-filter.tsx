import { Button } from "#components/ui/button.tsx";
import { Select } from "#components/ui/input.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { getT } from "#locales/server.ts";
import { type HomeView, homeHref } from "./home-view.ts";

/** Whose work, and of which group: links and a form, so that both are in the address. */
export async function HomeFilter({ view }: { view: HomeView }) {
  const { queue, input, lang } = view;
  const t = await getT(lang, "home");
  return (
    <>
      {queue.groups.length > 0 && (
        <form method="get" action={`/${lang}`} className="mb-4 flex flex-wrap items-center gap-2">
          {input.of === "mine" && <input type="hidden" name="of" value="mine" />}
          {input.kind && <input type="hidden" name="kind" value={input.kind} />}
          <label htmlFor="group" className="font-medium">
            {t("group.label")}
          </label>
          <Select
            id="group"
            name="group"
            defaultValue={input.group ?? ""}
            options={[
              { value: "", label: t("group.all") },
              ...queue.groups.map(({ id, name }) => ({ value: id, label: name })),
            ]}
            className="w-auto! max-w-64"
          />
          <Button type="submit">{t("group.show")}</Button>
        </form>
      )}
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
