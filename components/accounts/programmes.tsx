import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { TextInput } from "#components/ui/input.tsx";
import { Section } from "#components/ui/section.tsx";
import { getT } from "#locales/server.ts";
import type { TrialDetails } from "#server/trials/schema.ts";
import type { Undo } from "#server/undo/schema.ts";
import { PostForm, type PostTarget } from "./post-form.tsx";

/** The early access programmes of a customer, with the flag that the warning reads. */
export async function Programmes({
  programmes,
  typed,
  target,
}: {
  programmes: TrialDetails["programmes"];
  typed: string;
  target: PostTarget;
}) {
  const t = await getT(target.lang, "accounts");
  return (
    <Section id="programmes" title={t("convert.programmes")}>
      {programmes.length === 0 ? (
        <p className="mb-4 text-ink-soft">{t("convert.programmesNone")}</p>
      ) : (
        <ul className="mb-4 divide-y divide-line border-y border-line">
          {programmes.map(({ id, programme, takesMonthly }) => (
            <li key={id} className="flex flex-wrap items-center justify-between gap-2 py-2">
              <span className="min-w-0">
                <bdi className="font-medium">{programme}</bdi>{" "}
                <span className="text-caption text-ink-soft">
                  {t(takesMonthly ? "convert.takes" : "convert.refuses")}
                </span>
              </span>
              <PostForm target={target} fields={{ action: "removeProgramme", programmeId: id }}>
                <Button type="submit" size="small" aria-label={t("convert.removeNamed", { programme })}>
                  {t("convert.remove")}
                </Button>
              </PostForm>
            </li>
          ))}
        </ul>
      )}
      <PostForm
        target={target}
        fields={{ action: "addProgramme" }}
        className="flex max-w-xl flex-col items-start gap-3"
      >
        <Field id="programme" label={t("convert.programme")} className="w-full">
          {(control) => (
            <TextInput {...control} name="programme" defaultValue={typed} required maxLength={100} />
          )}
        </Field>
        <label className="flex items-center gap-2">
          <input type="checkbox" name="takesMonthly" className="size-4" />
          {t("convert.takesMonthly")}
        </label>
        <Button type="submit">{t("convert.add")}</Button>
      </PostForm>
    </Section>
  );
}

/** Notes a programme again that was removed a moment ago. */
export async function ProgrammeUndo({
  programme,
  target,
}: {
  /** Its name, and whether it takes monthly licences: fields of the form. */
  programme: Undo;
  target: PostTarget;
}) {
  const t = await getT(target.lang, "accounts");
  return (
    <PostForm target={target} fields={{ action: "addProgramme", ...programme }}>
      <Button type="submit" size="small">
        {t("convert.undo")}
      </Button>
    </PostForm>
  );
}
