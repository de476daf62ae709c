import { Field } from "#components/ui/field.tsx";
import { TextInput } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";

/** The token that was just made, this once; without it the page was reloaded. */
export async function MadeToken({ token, lang }: { token: string | undefined; lang: Language }) {
  const t = await getT(lang, "tokens");
  return (
    <div id="made" className="mb-5">
      {token === undefined ? (
        <Notice title={t("made.gone")} />
      ) : (
        <Notice tone="positive" title={t("made.title")}>
          <Field id="made-token" label={t("made.label")} className="my-2 max-w-xl">
            {(control) => (
              <TextInput
                {...control}
                readOnly
                defaultValue={token}
                autoComplete="off"
                spellCheck={false}
                className="font-mono"
              />
            )}
          </Field>
          <p className="max-w-prose">{t("made.body")}</p>
        </Notice>
      )}
    </div>
  );
}
