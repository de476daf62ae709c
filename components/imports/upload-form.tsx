import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { UploadIcon } from "#components/ui/icons.tsx";
import { Section } from "#components/ui/section.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";

/** Posts the file as it is; a refusal comes back as `?error=<code>` and stands at the field. */
export async function UploadForm({
  error,
  lang,
  membershipId,
}: {
  error: string | undefined;
  lang: Language;
  membershipId: string;
}) {
  const t = await getT(lang, "imports");
  return (
    <Section id="upload" title={t("upload.title")}>
      <form
        method="post"
        action={`/api/import?lang=${lang}&membership=${membershipId}`}
        encType="multipart/form-data"
        className="flex flex-col gap-5"
      >
        <Field id="file" label={t("upload.file")} hint={t("upload.hint")} error={error}>
          {(control) => (
            <input
              {...control}
              name="file"
              type="file"
              required
              accept=".csv,.tsv,.txt,text/csv,text/tab-separated-values,text/plain"
              className="w-full rounded-md border border-dashed border-line-strong bg-sunken p-4 text-body text-ink-soft file:mr-4 file:min-h-9 file:rounded-md file:border-0 file:bg-surface file:px-3 file:font-medium file:text-ink file:ring-1 file:ring-inset file:ring-line-strong hover:file:bg-raised aria-invalid:border-danger"
            />
          )}
        </Field>
        <div>
          <Button type="submit" variant="primary" icon={<UploadIcon />}>
            {t("upload.submit")}
          </Button>
        </div>
      </form>
    </Section>
  );
}
