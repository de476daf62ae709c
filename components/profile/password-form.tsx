import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { TextInput } from "#components/ui/input.tsx";
import { Section } from "#components/ui/section.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { fieldError, type Query } from "./notices.tsx";

export const passwordErrors = [
  "password.tooShort",
  "password.tooLong",
  "password.common",
  "password.personal",
] as const;

export async function PasswordForm({ email, query, lang }: { email: string; query: Query; lang: Language }) {
  const t = await getT(lang, "profile");
  return (
    <Section id="password-section" title={t("password.title")}>
      <form method="post" action="/api/profile/password" className="flex max-w-md flex-col gap-5">
        <input type="hidden" autoComplete="username" value={email} readOnly />
        <Field
          id="password"
          label={t("password.new")}
          hint={t("password.hint")}
          error={fieldError(query, lang, passwordErrors)}
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
        <div>
          <Button type="submit">{t("password.submit")}</Button>
        </div>
      </form>
    </Section>
  );
}
