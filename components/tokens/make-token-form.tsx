import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { KeyIcon } from "#components/ui/icons.tsx";
import { Select, TextInput } from "#components/ui/input.tsx";
import { Section } from "#components/ui/section.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { lifetimes, type TokenOptions } from "#server/tokens/schema.ts";
import { permissionKeys } from "./permission-words.ts";

export type TypedToken = {
  name: string | undefined;
  permissions: string[];
  connectionId: string | undefined;
  newSource: string | undefined;
  days: string | undefined;
};

/** Only what the person may do themselves is offered; the token is on the next page, once. */
export async function MakeTokenForm({
  options,
  typed,
  lang,
  membershipId,
}: {
  options: TokenOptions;
  typed: TypedToken;
  lang: Language;
  membershipId: string;
}) {
  const t = await getT(lang, "tokens");
  const pushes = options.permissions.includes("snapshot:push");
  const hasSource = options.sources.length > 0 || options.makesSources;
  const sources = [
    { value: "", label: options.makesSources ? t("make.sourceNew") : t("make.sourceNone") },
    ...options.sources.map(({ id, name, customerName }) => ({
      value: id,
      label: customerName === null ? name : t("make.sourceOf", { name, customer: customerName }),
    })),
  ];
  return (
    <Section id="make" title={t("make.title")}>
      <form
        method="post"
        action={`/api/tokens?lang=${lang}&membership=${membershipId}`}
        className="grid max-w-3xl gap-5 sm:grid-cols-2"
      >
        <Field id="name" label={t("make.name")} hint={t("make.nameHint")} className="sm:col-span-2">
          {(control) => (
            <TextInput
              {...control}
              name="name"
              required
              maxLength={100}
              autoComplete="off"
              defaultValue={typed.name}
            />
          )}
        </Field>
        <fieldset className="sm:col-span-2">
          <legend className="mb-1.5 font-medium">{t("make.permissions")}</legend>
          <div className="grid gap-1 sm:grid-cols-2">
            {options.permissions.map((permission) => (
              <label key={permission} className="flex min-h-9 items-center gap-2.5">
                <input
                  type="checkbox"
                  name="permissions"
                  value={permission}
                  defaultChecked={typed.permissions.includes(permission)}
                  className="size-4 accent-accent"
                />
                {t(permissionKeys[permission])}
              </label>
            ))}
          </div>
        </fieldset>
        {pushes && !hasSource && <p className="text-ink-soft sm:col-span-2">{t("make.noSource")}</p>}
        {pushes && hasSource && (
          <Field id="connectionId" label={t("make.source")} hint={t("make.sourceHint")}>
            {(control) => (
              <Select
                {...control}
                name="connectionId"
                options={sources}
                defaultValue={typed.connectionId ?? ""}
              />
            )}
          </Field>
        )}
        {pushes && options.makesSources && (
          <Field id="newSource" label={t("make.newSource")} hint={t("make.newSourceHint")}>
            {(control) => (
              <TextInput
                {...control}
                name="newSource"
                maxLength={100}
                autoComplete="off"
                defaultValue={typed.newSource}
              />
            )}
          </Field>
        )}
        <Field id="days" label={t("make.days")}>
          {(control) => (
            <Select
              {...control}
              name="days"
              options={lifetimes
                .toSorted((a, b) => a - b)
                .map((days) => ({ value: String(days), label: t("make.daysOption", { count: days }) }))}
              defaultValue={typed.days ?? String(lifetimes[0])}
            />
          )}
        </Field>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2 sm:col-span-2">
          <Button type="submit" variant="primary" icon={<KeyIcon />}>
            {t("make.submit")}
          </Button>
          <p className="text-caption text-ink-soft">{t("make.fresh")}</p>
        </div>
      </form>
    </Section>
  );
}
