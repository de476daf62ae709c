import type { ReactNode } from "react";

/** A part of a page with its own heading, the age of its data and at most one action. Sections do not nest. */
export function Section({
  id,
  title,
  about,
  aside,
  action,
  flush = false,
  children,
  ...data
}: {
  id: string;
  title: string;
  /** What the section's figure counts (components/figures/about.tsx). */
  about?: ReactNode;
  aside?: ReactNode;
  action?: ReactNode;
  /** Content up to the edge, for tables. */
  flush?: boolean;
  children: ReactNode;
  "data-section"?: string;
  "data-state"?: "full" | "empty" | "partial" | "refused" | "stale";
}) {
  return (
    <section
      aria-labelledby={`${id}-title`}
      id={id}
      className="mb-6 min-w-0 rounded-lg border border-line bg-surface"
      {...data}
    >
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b border-line px-4 py-3 sm:px-5">
        <div className="flex min-w-0 items-center gap-1">
          <h2 id={`${id}-title`} className="text-prose font-semibold">
            {title}
          </h2>
          {about}
        </div>
        {(aside !== undefined || action !== undefined) && (
          <div className="flex items-center gap-3 text-caption text-ink-soft">
            {aside}
            {action}
          </div>
        )}
      </div>
      <div className={flush ? "" : "p-4 sm:p-5"}>{children}</div>
    </section>
  );
}
