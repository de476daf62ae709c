import type { Metadata } from "next";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { TextInput } from "#components/ui/input.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import { findInvitation } from "#server/auth/handler.ts";

type Query = Record<string, string | string[] | undefined>;
type Props = { params: Promise<{ lang: string }>; searchParams: Promise<Query> };

const languageOf = (lang: string) => (isLanguage(lang) ? lang : languages[0]);
const single = (value: string | string[] | undefined): string => (typeof value === "string" ? value : "");

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await getT(languageOf((await params).lang), "auth");
  return { title: t("invitation.title") };
}

/** Where the link of an invitation leads: the first password, then the portal. */
export default async function InvitationPage({ params, searchParams }: Props) {
  const lang = languageOf((await params).lang);
  const query = await searchParams;
  const t = await getT(lang, "auth");
  const token = single(query["token"]).slice(0, 100);
  const invited = await findInvitation(token);
  const code = single(query["error"]);
  const error = code !== "" && isErrorCode(code) ? errorText(lang, code).message : undefined;
  const isField = code.startsWith("password.");
  if (!invited)
    return (
      <>
        <h1 className="text-display font-bold">{t("invitation.title")}</h1>
        <div className="mt-6">
          <Notice tone="danger" title={errorText(lang, "invitation.invalid").message} />
        </div>
        <p className="mt-6">
          <LinkButton href={`/${lang}/sign-in`}>{t("invitation.toSignIn")}</LinkButton>
        </p>
      </>
    );
  return (
    <>
      <h1 className="text-display font-bold">{t("invitation.title")}</h1>
      <p className="mt-2 text-prose text-pretty text-ink-soft">
        {t("invitation.lead", { name: invited.name, email: invited.email })}
      </p>
      {error !== undefined && !isField && (
        <div className="mt-6">
          <Notice tone="danger" title={error} />
        </div>
      )}
      <form method="post" action="/api/invitation" className="mt-8 flex flex-col gap-5">
        <input type="hidden" name="lang" value={lang} />
        <input type="hidden" name="token" value={token} />
        {/* For password managers: whose password it is. */}
        <input type="hidden" name="username" autoComplete="username" value={invited.email} readOnly />
        <Field
          id="password"
          label={t("invitation.password")}
          hint={t("invitation.passwordHint")}
          error={isField ? error : undefined}
        >
          {(control) => (
            <TextInput
              {...control}
              name="password"
              type="password"
              autoComplete="new-password"
              required
              minLength={12}
              maxLength={128}
            />
          )}
        </Field>
        <Button type="submit" variant="primary" className="mt-1 min-h-10">
          {t("invitation.submit")}
        </Button>
      </form>
    </>
  );
}
