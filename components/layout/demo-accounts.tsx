import type { Resources } from "#locales/resources.ts";
import { ArrowRightIcon } from "#components/ui/icons.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";

type Key = keyof Resources["auth"]["demo"]["account"];
type Group = keyof Resources["auth"]["demo"]["group"];

/** The accounts that the demo creates; outside of it their password is refused. */
const demoPassword = "belvedere-demo";
const groups: { group: Group; accounts: { email: string; key: Key }[] }[] = [
  {
    group: "alpina",
    accounts: [
      { email: "super@alpina.example", key: "alpinaSuper" },
      { email: "admin@alpina.example", key: "alpinaAdmin" },
      { email: "helpdesk@alpina.example", key: "alpinaHelpdesk" },
      { email: "business@alpina.example", key: "alpinaBusiness" },
      { email: "readonly@alpina.example", key: "alpinaReadonly" },
    ],
  },
  { group: "lagune", accounts: [{ email: "super@lagune.example", key: "laguneSuper" }] },
  {
    group: "customers",
    accounts: [
      { email: "admin@bottega-rossi.example", key: "bottegaAdmin" },
      { email: "viewer@bottega-rossi.example", key: "bottegaViewer" },
      { email: "admin@atelier-marchand.example", key: "atelierAdmin" },
    ],
  },
];

/** One form per account, so that a click signs in without a script. */
export async function DemoAccounts({ lang, returnTo }: { lang: Language; returnTo: string }) {
  const t = await getT(lang, "auth");
  return (
    <section aria-labelledby="demo-title" className="mt-10 border-t border-line pt-6">
      <h2 id="demo-title" className="text-prose font-semibold">
        {t("demo.title")}
      </h2>
      <p className="mt-1 text-ink-soft">{t("demo.lead", { password: demoPassword })}</p>
      {groups.map(({ group, accounts }) => (
        <div key={group} className="mt-5">
          <h3 className="text-caption font-medium text-ink-soft">{t(`demo.group.${group}`)}</h3>
          <ul className="mt-1.5 divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface">
            {accounts.map(({ email, key }) => (
              <li key={email}>
                <form method="post" action="/api/login">
                  <input type="hidden" name="lang" value={lang} />
                  <input type="hidden" name="return" value={returnTo} />
                  <input type="hidden" name="email" value={email} />
                  <input type="hidden" name="password" value={demoPassword} />
                  <button
                    type="submit"
                    aria-label={`${t("demo.signInAs", { email })}. ${t(`demo.account.${key}`)}`}
                    className="group flex w-full items-center gap-3 px-3 py-2.5 text-left transition-colors hover:bg-sunken focus-visible:outline-offset-[-2px]"
                  >
                    <span className="min-w-0 flex-1">
                      <span className="block truncate font-medium">{email}</span>
                      <span className="block text-caption text-ink-soft">{t(`demo.account.${key}`)}</span>
                    </span>
                    <ArrowRightIcon className="size-4 shrink-0 text-ink-soft transition-transform group-hover:translate-x-0.5 group-hover:text-accent" />
                  </button>
                </form>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}
