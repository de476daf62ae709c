import { headers } from "next/headers";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { FigureNotes } from "#components/figures/figure-notes.tsx";
import { type NavItem, Shell, type ShellMembership } from "#components/layout/shell.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { can, type Permission } from "#server/permissions.ts";
import { getShellActor } from "#server/session.ts";

/** Pages beside the customers, for whoever may do one of these things there. */
const pages = [
  { path: "groups", key: "groups", may: ["group:manage"] },
  { path: "connections", key: "connections", may: ["sync:read", "connection:manageOwn"] },
  { path: "sync", key: "sync", may: ["sync:read"] },
  { path: "vendor-accounts", key: "vendorAccounts", may: ["account:link"] },
  { path: "settings", key: "settings", may: ["partner:settings"] },
  { path: "tokens", key: "tokens", may: ["token:manage", "token:manageOwn"] },
  {
    path: "sign-in-providers",
    key: "signInProviders",
    may: ["partner:settings", "team:manageOwn"],
  },
] as const satisfies readonly { may: readonly Permission[]; [more: string]: unknown }[];

type Props = { children: ReactNode; params: Promise<{ lang: string }> };

/** Shell and navigation; not a security boundary: every procedure decides for itself. */
export default async function PortalLayout({ children, params }: Props) {
  const { lang } = await params;
  const language = isLanguage(lang) ? lang : languages[0];
  const actor = await getShellActor();
  if (!actor)
    redirect(
      `/${language}/sign-in?return=${encodeURIComponent((await headers()).get("x-path") ?? `/${language}`)}`,
    );
  const t = await getT(language, "common");
  const active = actor.memberships.find(({ id }) => id === actor.activeMembershipId);
  const isCustomer = active?.customerName !== undefined;
  const may = (permission: Permission) =>
    active !== undefined && can({ role: active.role, customerId: null }, permission);
  const nav: NavItem[] = [
    ["home", `/${language}`, t("nav.home")],
    ["customers", `/${language}/customers`, t(isCustomer ? "nav.ownCustomer" : "nav.customers")],
    ...pages
      .filter((page) => page.may.some(may))
      .map(({ path, key }): NavItem => [key, `/${language}/${path}`, t(`nav.${key}`)]),
  ];
  const memberships = actor.memberships.map(({ id, partnerName, customerName, role }): ShellMembership => {
    const as = t(`role.${role}`);
    return customerName === undefined ? [id, partnerName, as] : [id, customerName, `${as} · ${partnerName}`];
  });
  return (
    <Shell
      lang={language}
      person={{ name: actor.name, email: actor.email }}
      memberships={memberships}
      active={actor.activeMembershipId}
      nav={nav}
      texts={{
        product: t("product"),
        open: t("menu.open"),
        close: t("menu.close"),
        search: (await getT(language, "palette"))("open"),
        nav: t("nav.label"),
        language: t("language.label"),
        languages: { en: t("language.en"), it: t("language.it"), fr: t("language.fr") },
        profile: t("account.profile"),
        signOut: t("account.signOut"),
        switch: t("account.switchMembership"),
        current: t("account.current"),
        waiting: t("waiting"),
      }}
    >
      {children}
      <FigureNotes href={`/${language}/help/figures`} />
    </Shell>
  );
}
