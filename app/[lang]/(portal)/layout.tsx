import { headers } from "next/headers";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { type NavItem, Shell } from "#components/layout/shell.tsx";
import { BuildingsIcon } from "#components/ui/icons.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { getShellActor } from "#server/session.ts";

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
  const isCustomer =
    actor.memberships.find(({ id }) => id === actor.activeMembershipId)?.customerName !== undefined;
  const nav: NavItem[] = [
    {
      href: `/${language}/customers`,
      label: t(isCustomer ? "nav.ownCustomer" : "nav.customers"),
      icon: <BuildingsIcon />,
    },
  ];
  return (
    <Shell actor={actor} lang={language} nav={nav}>
      {children}
    </Shell>
  );
}
