import Link from "next/link";
import type { ReactNode } from "react";

/** `about`: what the count means (components/figures/about.tsx). */
export type Tab = { href: string; label: string; count?: ReactNode; current: boolean; about?: ReactNode };

/** Tabs that are pages: links, so that each has its address. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  return (
    <nav aria-label={label} className="mb-5 overflow-x-auto border-b border-line print:hidden">
      <ul className="flex min-w-max gap-5">
        {tabs.map((tab) => (
          <li key={tab.href} className="flex items-center gap-1">
            <Link
              href={tab.href}
              prefetch={false}
              aria-current={tab.current ? "page" : undefined}
              className="-mb-px flex min-h-10 items-center gap-2 border-b-2 border-transparent text-ink-soft transition-colors hover:text-ink focus-visible:outline-offset-[-2px] aria-[current]:border-accent aria-[current]:font-medium aria-[current]:text-ink"
            >
              {tab.label}
              {tab.count !== undefined && (
                <span className="rounded-full bg-sunken px-1.5 text-caption text-ink-soft">{tab.count}</span>
              )}
            </Link>
            {tab.about}
          </li>
        ))}
      </ul>
    </nav>
  );
}
