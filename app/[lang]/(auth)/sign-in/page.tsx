import type { Metadata } from "next";
import { OtherWays } from "#components/auth/other-ways.tsx";
import { DemoAccounts } from "#components/layout/demo-accounts.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { TextInput } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { isLanguage, type Language, languages } from "#locales/languages.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import { findProviders } from "#server/auth/handler.ts";
import { env } from "#server/env.ts";

type Query = Record<string, string | string[] | undefined>;
type Props = { params: Promise<{ lang: string }>; searchParams: Promise<Query> };

const language = async (params: Props["params"]) => {
  const { lang } = await params;
  return isLanguage(lang) ? lang : languages[0];
};

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await getT(await language(params), "auth");
  return { title: t("title") };
}

/** A form that posts, without a script; a refusal comes back as `?error=<code>&email=…`, never with the password. */
export default async function SignInPage({ params, searchParams }: Props) {
  const lang = await language(params);
  const query = await searchParams;
  const t = await getT(lang, "auth");
  const code = single(query["error"]);
  const error = code !== "" && isErrorCode(code) ? errorText(lang, code).message : undefined;
  const isInvalid = code === "auth.invalid";
  const returnTo = localPath(single(query["return"]), lang) ?? `/${lang}`;
  const partner = single(query["partner"]).trim().toLowerCase().slice(0, 60);
  const provider = single(query["provider"]);
  const providers =
    partner !== ""
      ? await findProviders({ partner: shortName.test(partner) ? partner : "" })
      : uuid.test(provider)
        ? await findProviders({ provider })
        : null;
  return (
    <>
      <h1 className="text-display font-bold">{t("title")}</h1>
      <p className="mt-2 text-prose text-pretty text-ink-soft">{t("lead")}</p>
      {error !== undefined && !isInvalid && (
        <div className="mt-6">
          <Notice tone="danger" title={error} />
        </div>
      )}
      <form method="post" action="/api/login" className="mt-8 flex flex-col gap-5">
        <input type="hidden" name="lang" value={lang} />
        <input type="hidden" name="return" value={returnTo} />
        <Field id="email" label={t("email")}>
          {(control) => (
            <TextInput
              {...control}
              name="email"
              type="email"
              autoComplete="username"
              required
              maxLength={320}
              defaultValue={single(query["email"]).slice(0, 320)}
              {...(isInvalid && { "aria-invalid": true, "aria-describedby": "password-error" })}
            />
          )}
        </Field>
        <Field id="password" label={t("password")} error={isInvalid ? error : undefined}>
          {(control) => (
            <TextInput
              {...control}
              name="password"
              type="password"
              autoComplete="current-password"
              required
              maxLength={128}
            />
          )}
        </Field>
        <Button type="submit" variant="primary" className="mt-1 min-h-10">
          {t("submit")}
        </Button>
      </form>
      <OtherWays lang={lang} returnTo={returnTo} partner={partner} providers={providers} />
      {env().demo && <DemoAccounts lang={lang} returnTo={returnTo} />}
    </>
  );
}

const shortName = /^[a-z0-9-]+$/;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const single = (value: string | string[] | undefined): string => (typeof value === "string" ? value : "");

/** Only a path of this site ("//host" and "/\\host" lead elsewhere), in the language that was chosen since. */
const localPath = (path: string, lang: Language): string | undefined =>
  /^\/(?![/\\])[^\s\\]*$/.test(path) ? path.replace(/^\/(?:en|it|fr)(?=[/?]|$)/, `/${lang}`) : undefined;
