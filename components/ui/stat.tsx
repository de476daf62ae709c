import Link from "next/link";
import type { ReactNode } from "react";

/** A strip of figures above a list; each is a link that narrows it, or a plain figure. */
export function StatStrip({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul
      aria-label={label}
      className="mb-5 grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line sm:flex"
    >
      {children}
    </ul>
  );
}

export function Stat({
  label,
  value,
  icon,
  href,
  current = false,
  about,
}: {
  label: string;
  value: ReactNode;
  icon?: ReactNode;
  href?: string;
  /** This figure is the filter now in force. */
  current?: boolean;
  /** What it counts (components/figures/about.tsx); a link of its own, so it stands beside the figure's. */
  about: ReactNode;
}) {
  const content = (
    <>
      <span className="flex items-start gap-1.5 pr-5 text-caption text-ink-soft">
        {icon !== undefined && <span className="mt-0.5">{icon}</span>}
        {label}
      </span>
      <span className="mt-auto block pt-1 text-title font-semibold tabular-nums">{value}</span>
    </>
  );
  const box = "flex h-full flex-col px-4 py-3";
  return (
    <li className="relative min-w-0 bg-surface last:odd:col-span-2 sm:flex-1">
      {href === undefined ? (
        <div className={box}>{content}</div>
      ) : (
        <Link
          href={href}
          prefetch={false}
          aria-current={current ? "true" : undefined}
          className={`${box} transition-colors hover:bg-sunken focus-visible:outline-offset-[-2px] aria-[current]:bg-accent-soft aria-[current]:shadow-[inset_0_-2px_0_var(--accent)]`}
        >
          {content}
        </Link>
      )}
      <span className="absolute top-3 right-3 flex">{about}</span>
    </li>
  );
}
