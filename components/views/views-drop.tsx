"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { ChevronDownIcon } from "#components/ui/icons.tsx";

/** A view in the menu, which closes behind whoever follows it. */
export function ViewLink({
  href,
  isCurrent,
  children,
}: {
  href: string;
  isCurrent: boolean;
  children: ReactNode;
}) {
  return (
    <Link
      href={href}
      prefetch={false}
      aria-current={isCurrent ? "true" : undefined}
      onClick={(event) => event.currentTarget.closest("details")?.removeAttribute("open")}
    >
      {children}
    </Link>
  );
}

/** One disclosure of the bar; no two of them stand open. */
export function Drop({
  name,
  isCurrent = false,
  isOpen = false,
  children,
}: {
  name: ReactNode;
  isCurrent?: boolean;
  isOpen?: boolean;
  children: ReactNode;
}) {
  return (
    <details name="views" open={isOpen}>
      <summary className={isCurrent ? "current" : undefined}>
        {name}
        <ChevronDownIcon className="size-4 shrink-0" />
      </summary>
      <div className="panel">{children}</div>
    </details>
  );
}
