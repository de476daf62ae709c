import { Button } from "#components/ui/button.tsx";
import { Select } from "#components/ui/input.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { GroupChoice } from "#server/groups/schema.ts";

type Props = {
  groups: readonly GroupChoice[];
  chosen: string | undefined;
  action: string;
  /** What else of the address stays. */
  keep: Record<string, string | undefined>;
  lang: Language;
};

/** Narrows a page to the customers of a group: a form, so that it is in the address. Nothing where there is no group. */
export async function GroupFilter({ groups, chosen, action, keep, lang }: Props) {
  if (groups.length === 0) return null;
  const t = await getT(lang, "groups");
  return (
    <form method="get" action={action} className="mb-4 flex flex-wrap items-center gap-2">
      {Object.entries(keep).map(
        ([name, value]) => value && <input key={name} type="hidden" name={name} value={value} />,
      )}
      <label htmlFor="group" className="font-medium">
        {t("filter.label")}
      </label>
      <Select
        id="group"
        name="group"
        defaultValue={chosen ?? ""}
        options={[
          { value: "", label: t("filter.all") },
          ...groups.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        className="w-auto! max-w-64"
      />
      <Button type="submit">{t("filter.show")}</Button>
    </form>
  );
}
