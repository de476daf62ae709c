import { headers } from "next/headers";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { type NavItem, Shell } from "#components/layout/shell.tsx";
import {
  BuildingsIcon,
  GroupsIcon,
  HomeIcon,
  KeyIcon,
  LinkIcon,
  PersonKeyIcon,
  PlugIcon,
  SlidersIcon,
  SyncIcon,
} from "#components/ui/icons.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { can, type Permission } from "#server/permissions.ts";
import { getShellActor } from "#server/session.ts";

/** Pages beside the customers, for whoever may do one of these things there. */
const pages = [
  { path: "groups", key: "groups", icon: GroupsIcon, may: ["group:manage"] },
  { path: "connections", key: "connections", icon: PlugIcon, may: ["sync:read", "connection:manageOwn"] },
  { path: "sync", key: "sync", icon: SyncIcon, may: ["sync:read"] },
  { path: "vendor-accounts", key: "vendorAccounts", icon: LinkIcon, may: ["account:link"] },
  { path: "settings", key: "settings", icon: SlidersIcon, may: ["partner:settings"] },
  { path: "tokens", key: "tokens", icon: KeyIcon, may: ["token:manage", "token:manageOwn"] },
  {
    path: "sign-in-providers",
    key: "signInProviders",
    icon: PersonKeyIcon,
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
    { href: `/${language}`, label: t("nav.home"), icon: <HomeIcon />, exact: true },
    {
      href: `/${language}/customers`,
      label: t(isCustomer ? "nav.ownCustomer" : "nav.customers"),
      icon: <BuildingsIcon />,
    },
    ...pages
      .filter((page) => page.may.some(may))
      .map(({ path, key, icon: Icon }) => ({
        href: `/${language}/${path}`,
        label: t(`nav.${key}`),
        icon: <Icon />,
      })),
  ];
  return (
    <Shell actor={actor} lang={language} nav={nav}>
      {children}
    </Shell>
  );
}
