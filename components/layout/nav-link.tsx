"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";

/** One entry of the navigation; it knows whether it is the current one and closes the phone's menu behind itself. */
export function NavLink({
  href,
  icon,
  exact,
  children,
}: {
  href: string;
  icon: ReactNode;
  exact: boolean;
  children: ReactNode;
}) {
  const path = usePathname();
  const current = path === href || (!exact && path.startsWith(`${href}/`));
  return (
    <Link
      href={href}
      prefetch={false}
      aria-current={current ? "page" : undefined}
      onClick={(event) => event.currentTarget.closest<HTMLElement>(":popover-open")?.hidePopover()}
      className="flex min-h-9 items-center gap-2.5 rounded-md px-2.5 font-medium text-ink-soft transition-colors hover:bg-sunken hover:text-ink aria-[current]:bg-accent-soft aria-[current]:text-accent max-lg:min-h-11"
    >
      {icon}
      {children}
    </Link>
  );
}
