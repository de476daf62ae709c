"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { PaletteKeys } from "#components/palette/palette-keys.tsx";
import { IconButton } from "#components/ui/button.tsx";
import {
  BuildingsIcon,
  CheckIcon,
  ChevronDownIcon,
  CloseIcon,
  GroupsIcon,
  HomeIcon,
  KeyIcon,
  LinkIcon,
  MenuIcon,
  PersonKeyIcon,
  PlugIcon,
  SignOutIcon,
  SlidersIcon,
  SyncIcon,
} from "#components/ui/icons.tsx";
import type { Language } from "#locales/languages.ts";
import { LanguageSwitch } from "./language-switch.tsx";
import { Mark } from "./mark.tsx";
import { NavLink } from "./nav-link.tsx";
import { Waiting } from "./waiting.tsx";

const icons = {
  home: HomeIcon,
  customers: BuildingsIcon,
  groups: GroupsIcon,
  connections: PlugIcon,
  sync: SyncIcon,
  vendorAccounts: LinkIcon,
  settings: SlidersIcon,
  tokens: KeyIcon,
  signInProviders: PersonKeyIcon,
};
export type NavItem = [icon: keyof typeof icons, href: string, label: string];
/** `as`: the role, and whose customer's it is. */
export type ShellMembership = [id: string, organisation: string, as: string];
export type ShellProps = {
  lang: Language;
  person: { name: string; email: string };
  memberships: ShellMembership[];
  active: string;
  nav: NavItem[];
  texts: Record<
    | "product"
    | "open"
    | "close"
    | "search"
    | "nav"
    | "language"
    | "profile"
    | "signOut"
    | "switch"
    | "current"
    | "waiting",
    string
  > & { languages: Record<Language, string> };
};

/**
 * Navigation at the left, a bar with a menu on phones; the organisation and the membership in use are always visible. A
 * client component, so that it travels with every page as its words alone.
 */
export function Shell({
  lang,
  person,
  memberships,
  active,
  nav,
  texts,
  children,
}: ShellProps & { children: ReactNode }) {
  const shown = memberships.find(([id]) => id === active);
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]">
      <header className="sticky top-0 z-10 flex items-center gap-2 border-b border-line bg-surface px-2 py-1.5 lg:hidden print:hidden">
        <IconButton
          label={texts.open}
          icon={<MenuIcon className="size-5" />}
          popoverTarget="navigation"
          className="size-11"
        />
        <Mark className="size-6 shrink-0" />
        <p className="min-w-0 flex-1 truncate pl-1 leading-tight">
          <span className="block truncate font-semibold">{shown?.[1]}</span>
          <span className="block truncate text-micro text-ink-soft">{shown?.[2]}</span>
        </p>
      </header>

      {/* On phones a popover, opened by the button above without a script; on wide screens a column. */}
      <section id="navigation" aria-label={texts.product} popover="auto" className="sidebar">
        <div className="flex items-center gap-2.5 px-2.5">
          <Link href={`/${lang}`} prefetch={false} className="flex flex-1 items-center gap-2.5 rounded-sm">
            <Mark className="size-7 shrink-0" />
            <span className="text-prose font-bold tracking-[-0.01em]">{texts.product}</span>
          </Link>
          <IconButton
            label={texts.close}
            icon={<CloseIcon className="size-5" />}
            popoverTarget="navigation"
            popoverTargetAction="hide"
            className="size-11 lg:hidden"
          />
        </div>
        <Memberships memberships={memberships} shown={shown} lang={lang} texts={texts} />
        <PaletteKeys lang={lang} label={texts.search} />
        <nav aria-label={texts.nav} className="flex-1">
          <ul className="flex flex-col gap-0.5">
            {nav.map(([icon, href, label]) => {
              const Icon = icons[icon];
              return (
                <li key={href}>
                  <NavLink href={href} icon={<Icon />} exact={icon === "home"}>
                    {label}
                  </NavLink>
                </li>
              );
            })}
          </ul>
        </nav>
        <div className="flex flex-col gap-3 border-t border-line pt-3">
          <LanguageSwitch current={lang} label={texts.language} names={texts.languages} />
          <div className="flex items-center gap-2 pl-2.5">
            <Link
              href={`/${lang}/profile`}
              prefetch={false}
              title={texts.profile}
              className="min-w-0 flex-1 rounded-sm leading-tight hover:text-accent"
            >
              <span className="block truncate font-medium">{person.name}</span>
              <span className="block truncate text-caption text-ink-soft">{person.email}</span>
            </Link>
            <form method="post" action="/api/logout">
              <input type="hidden" name="lang" value={lang} />
              <IconButton type="submit" label={texts.signOut} icon={<SignOutIcon />} />
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
      <Waiting label={texts.waiting} />
    </div>
  );
}

/** Whom one works for and as what; with more than one membership a list of buttons, each posting its own id. */
function Memberships({
  memberships,
  shown,
  lang,
  texts,
}: Pick<ShellProps, "memberships" | "lang" | "texts"> & { shown: ShellMembership | undefined }) {
  const summary = (
    <span className="min-w-0 flex-1 leading-tight">
      <span className="block truncate font-semibold" title={shown?.[1]}>
        {shown?.[1]}
      </span>
      <span className="block truncate text-caption text-ink-soft">{shown?.[2]}</span>
    </span>
  );
  const box = "flex items-center gap-2 rounded-md border border-line px-2.5 py-2";
  if (memberships.length < 2) return <div className={box}>{summary}</div>;
  return (
    <details className="group relative">
      <summary className={`${box} list-none hover:bg-sunken`} title={texts.switch}>
        {summary}
        <ChevronDownIcon className="size-4 shrink-0 text-ink-soft transition-transform group-open:rotate-180" />
      </summary>
      <form
        method="post"
        action="/api/membership"
        aria-label={texts.switch}
        className="absolute inset-x-0 top-full z-10 mt-1 max-h-80 overflow-y-auto rounded-md border border-line bg-raised p-1 shadow-float"
      >
        {/* The start page: what is open now may not exist for the other membership. */}
        <input type="hidden" name="return" value={`/${lang}`} />
        {memberships.map(([id, organisation, as]) => (
          <button
            key={id}
            name="membershipId"
            value={id}
            aria-current={id === shown?.[0] ? "true" : undefined}
            className="flex w-full items-center gap-2 rounded-sm px-2 py-1.5 text-left leading-tight hover:bg-sunken max-lg:min-h-11"
          >
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium">{organisation}</span>
              <span className="block truncate text-caption text-ink-soft">{as}</span>
            </span>
            {id === shown?.[0] && <CheckIcon className="size-4 shrink-0 text-accent" label={texts.current} />}
          </button>
        ))}
      </form>
    </details>
  );
}
