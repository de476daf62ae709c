import type { Metadata } from "next";
import Link from "next/link";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { TextInput } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";

type Query = Record<string, string | string[] | undefined>;
type Props = { params: Promise<{ lang: string }>; searchParams: Promise<Query> };

const languageOf = (lang: string) => (isLanguage(lang) ? lang : languages[0]);
const single = (value: string | string[] | undefined): string => (typeof value === "string" ? value : "");

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await getT(languageOf((await params).lang), "auth");
  return { title: t("code.title") };
}

/** The second step of signing in; who is asked is in a cookie that the first step set. */
export default async function CodePage({ params, searchParams }: Props) {
  const lang = languageOf((await params).lang);
  const query = await searchParams;
  const t = await getT(lang, "auth");
  const code = single(query["error"]);
  const error = code !== "" && isErrorCode(code) ? errorText(lang, code).message : undefined;
  const isField = code === "auth.codeInvalid";
  return (
    <>
      <h1 className="text-display font-bold">{t("code.title")}</h1>
      <p className="mt-2 text-prose text-pretty text-ink-soft">{t("code.lead")}</p>
      {error !== undefined && !isField && (
        <div className="mt-6">
          <Notice tone="danger" title={error} />
        </div>
      )}
      <form method="post" action="/api/login/code" className="mt-8 flex flex-col gap-5">
        <input type="hidden" name="lang" value={lang} />
        <input type="hidden" name="return" value={single(query["return"]).slice(0, 2000)} />
        <Field id="code" label={t("code.label")} hint={t("code.hint")} error={isField ? error : undefined}>
          {(control) => (
            <TextInput
              {...control}
              name="code"
              required
              maxLength={40}
              autoComplete="one-time-code"
              autoCapitalize="none"
              spellCheck={false}
            />
          )}
        </Field>
        <Button type="submit" variant="primary" className="mt-1 min-h-10">
          {t("code.submit")}
        </Button>
      </form>
      <p className="mt-6">
        <Link href={`/${lang}/sign-in`} className="underline underline-offset-2">
          {t("code.restart")}
        </Link>
      </p>
    </>
  );
}
