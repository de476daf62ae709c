import Link from "next/link";
import type { ReactNode } from "react";
import { PaletteKeys } from "#components/palette/palette-keys.tsx";
import { IconButton } from "#components/ui/button.tsx";
import { ChevronDownIcon, CheckIcon, CloseIcon, MenuIcon, SignOutIcon } from "#components/ui/icons.tsx";
import type { Language } from "#locales/languages.ts";
import type { Resources } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import { LanguageSwitch } from "./language-switch.tsx";
import { Mark } from "./mark.tsx";
import { NavLink } from "./nav-link.tsx";

export type ShellRole = keyof Resources["common"]["role"];
/** `customerName` is set for a customer's user, whose partner it then is that `partnerName` names. */
export type ShellMembership = {
  id: string;
  partnerName: string;
  customerName?: string | undefined;
  role: ShellRole;
};
export type ShellActor = {
  name: string;
  email: string;
  memberships: ShellMembership[];
  activeMembershipId: string;
};
export type NavItem = { href: string; label: string; icon: ReactNode; exact?: boolean };

const organisation = (membership: ShellMembership | undefined) =>
  membership?.customerName ?? membership?.partnerName ?? "";

/** Navigation at the left, a bar with a menu on phones; the organisation and the membership in use are always visible. */
export async function Shell({
  actor,
  lang,
  nav,
  children,
}: {
  actor: ShellActor;
  lang: Language;
  nav: NavItem[];
  children: ReactNode;
}) {
  const t = await getT(lang, "common");
  const active = actor.memberships.find(({ id }) => id === actor.activeMembershipId);
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]">
      <header className="sticky top-0 z-10 flex items-center gap-2 border-b border-line bg-surface px-2 py-1.5 lg:hidden print:hidden">
        <IconButton
          label={t("menu.open")}
          icon={<MenuIcon className="size-5" />}
          popoverTarget="navigation"
          className="size-11"
        />
        <Mark className="size-6 shrink-0" />
        <p className="min-w-0 flex-1 truncate pl-1 leading-tight">
          <span className="block truncate font-semibold">{organisation(active)}</span>
          {active && (
            <span className="block truncate text-micro text-ink-soft">{t(`role.${active.role}`)}</span>
          )}
        </p>
      </header>

      {/* On phones a popover, opened by the button above without a script; on wide screens a column. */}
      <section id="navigation" aria-label={t("product")} popover="auto" className="sidebar">
        <div className="flex items-center gap-2.5 px-2.5">
          <Link href={`/${lang}`} prefetch={false} className="flex flex-1 items-center gap-2.5 rounded-sm">
            <Mark className="size-7 shrink-0" />
            <span className="text-prose font-bold tracking-[-0.01em]">{t("product")}</span>
          </Link>
          <IconButton
            label={t("menu.close")}
            icon={<CloseIcon className="size-5" />}
            popoverTarget="navigation"
            popoverTargetAction="hide"
            className="size-11 lg:hidden"
          />
        </div>
        <Memberships actor={actor} active={active} lang={lang} />
        <PaletteKeys lang={lang} label={(await getT(lang, "palette"))("open")} />
        <nav aria-label={t("nav.label")} className="flex-1">
          <ul className="flex flex-col gap-0.5">
            {nav.map((item) => (
              <li key={item.href}>
                <NavLink href={item.href} icon={item.icon} exact={item.exact ?? false}>
                  {item.label}
                </NavLink>
              </li>
            ))}
          </ul>
        </nav>
        <div className="flex flex-col gap-3 border-t border-line pt-3">
          <LanguageSwitch
            current={lang}
            label={t("language.label")}
            names={{ en: t("language.en"), it: t("language.it"), fr: t("language.fr") }}
          />
          <div className="flex items-center gap-2 pl-2.5">
            <Link
              href={`/${lang}/profile`}
              prefetch={false}
              title={t("account.profile")}
              className="min-w-0 flex-1 rounded-sm leading-tight hover:text-accent"
            >
              <span className="block truncate font-medium">{actor.name}</span>
              <span className="block truncate text-caption text-ink-soft">{actor.email}</span>
            </Link>
            <form method="post" action="/api/logout">
              <input type="hidden" name="lang" value={lang} />
              <IconButton type="submit" label={t("account.signOut")} icon={<SignOutIcon />} />
            </form>
          </div>
        </div>
      </section>

      <main
        id="content"
        tabIndex={-1}
        className="mx-auto w-full max-w-[112rem] min-w-0 px-4 py-5 outline-none sm:px-6 lg:px-8 lg:py-7"
      >
        {children}
      </main>
    </div>
  );
}

/** Whom one works for and as what; with more than one membership a list of buttons, each posting its own id. */
async function Memberships({
  actor,
  active,
  lang,
}: {
  actor: ShellActor;
  active: ShellMembership | undefined;
  lang: Language;
}) {
  const t = await getT(lang, "common");
  const summary = (
    <span className="min-w-0 flex-1 leading-tight">
      <span className="block truncate font-semibold" title={organisation(active)}>
        {organisation(active)}
      </span>
      {active && (
        <span className="block truncate text-caption text-ink-soft">
          {t(`role.${active.role}`)}
          {active.customerName !== undefined && ` · ${active.partnerName}`}
        </span>
      )}
    </span>
  );
  const box = "flex items-center gap-2 rounded-md border border-line px-2.5 py-2";
  if (actor.memberships.length < 2) return <div className={box}>{summary}</div>;
  return (
    <details className="group relative">
      <summary className={`${box} list-none hover:bg-sunken`} title={t("account.switchMembership")}>
        {summary}
        <ChevronDownIcon className="size-4 shrink-0 text-ink-soft transition-transform group-open:rotate-180" />
      </summary>
      <form
        method="post"
        action="/api/membership"
        aria-label={t("account.switchMembership")}
        className="absolute inset-x-0 top-full z-10 mt-1 max-h-80 overflow-y-auto rounded-md border border-line bg-raised p-1 shadow-float"
      >
        {/* The start page: what is open now may not exist for the other membership. */}
        <input type="hidden" name="return" value={`/${lang}`} />
        {actor.memberships.map((membership) => (
          <button
            key={membership.id}
            name="membershipId"
            value={membership.id}
            aria-current={membership.id === active?.id ? "true" : undefined}
            className="flex w-full items-center gap-2 rounded-sm px-2 py-1.5 text-left leading-tight hover:bg-sunken max-lg:min-h-11"
          >
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium">{organisation(membership)}</span>
              <span className="block truncate text-caption text-ink-soft">
                {t(`role.${membership.role}`)}
                {membership.customerName !== undefined && ` · ${membership.partnerName}`}
              </span>
            </span>
            {membership.id === active?.id && (
              <CheckIcon className="size-4 shrink-0 text-accent" label={t("account.current")} />
            )}
          </button>
        ))}
      </form>
    </details>
  );
}
