import { Field } from "#components/ui/field.tsx";
import { TextInput } from "#components/ui/input.tsx";
import type { Language } from "#locales/languages.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";

/** The field of a group's name, with what was wrong with the one that stands in it. */
export async function NameField({
  value,
  error,
  lang,
  className,
}: {
  value: string | undefined;
  error: string | undefined;
  lang: Language;
  className: string;
}) {
  const t = await getT(lang, "groups");
  return (
    <Field
      id="name"
      label={t("form.name")}
      hint={t("form.nameHint")}
      error={error !== undefined && isErrorCode(error) ? errorText(lang, error).message : undefined}
      className={className}
    >
      {(control) => (
        // Longer than a name may be, so that what is too long is refused and not cut.
        <TextInput
          {...control}
          name="name"
          required
          autoComplete="off"
          maxLength={200}
          defaultValue={value}
        />
      )}
    </Field>
  );
}
