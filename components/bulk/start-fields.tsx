import { Field } from "#components/ui/field.tsx";
import { Select, TextInput } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { type BulkDetails, type BulkPreview, definitionOf } from "#server/bulk/schema.ts";
import { capabilities } from "#server/permissions.ts";

type Props = {
  job: BulkDetails;
  preview: BulkPreview;
  /** What was typed before it was refused, by field. */
  typed: Record<string, string | undefined>;
  lang: Language;
};

/** What an action asks for beside the customers, and the word that confirms what cannot be undone. */
export async function StartFields({ job, preview, typed, lang }: Props) {
  const t = await getT(lang, "bulk");
  const { asks, isDestructive } = definitionOf(job.action);
  const { options } = job;
  const wanted = options.capabilities ?? capabilities;
  return (
    <>
      {asks === "group" &&
        (preview.groups.length === 0 ? (
          <Notice tone="warning" title={t("option.noGroups")} />
        ) : (
          <Field id="group" label={t("option.group")}>
            {(control) => (
              <Select
                {...control}
                name="groupId"
                required
                defaultValue={typed["groupId"] ?? options.groupId ?? ""}
                options={[
                  { value: "", label: t("option.chooseGroup") },
                  ...preview.groups.map(({ id, name }) => ({ value: id, label: name })),
                ]}
              />
            )}
          </Field>
        ))}
      {asks === "tag" && (
        <Field id="tag" label={t("option.tag")} hint={t("option.tagHint")}>
          {(control) => (
            <TextInput
              {...control}
              name="tag"
              required
              maxLength={40}
              defaultValue={typed["tag"] ?? options.tag ?? ""}
            />
          )}
        </Field>
      )}
      {asks === "request" && (
        <>
          <fieldset>
            <legend className="mb-1.5 font-medium">{t("option.capabilities")}</legend>
            {capabilities.map((capability) => (
              <label key={capability} className="flex min-h-7 items-center gap-2">
                <input
                  type="checkbox"
                  name="capability"
                  value={capability}
                  defaultChecked={wanted.includes(capability)}
                  className="size-4 accent-accent"
                />
                {t(`capability.${capability}`)}
              </label>
            ))}
          </fieldset>
          <Field id="why" label={t("option.why")} hint={t("option.whyHint")}>
            {(control) => (
              <TextInput
                {...control}
                name="why"
                maxLength={500}
                defaultValue={typed["why"] ?? options.why ?? ""}
              />
            )}
          </Field>
        </>
      )}
      {isDestructive && (
        <Field id="word" label={t("confirm.label", { word: t("confirm.word") })} hint={t("stays")}>
          {(control) => <TextInput {...control} name="word" required autoComplete="off" maxLength={20} />}
        </Field>
      )}
    </>
  );
}
