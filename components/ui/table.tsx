import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { ArrowDownIcon, ArrowUpIcon, SortIcon } from "./icons.tsx";

/**
 * The scrolling window around a table: reachable by keyboard, its name says that it scrolls. The look of rows and cells
 * is `table.css`, so that thousands of cells carry no classes: `<td className="number">` is all.
 */
export function TableFrame({ label, hint, children }: { label: string; hint: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <p aria-hidden className="mb-1 text-caption text-ink-soft sm:hidden print:hidden">
        {hint}
      </p>
      <section
        aria-label={`${label}. ${hint}`}
        tabIndex={0}
        className="relative max-h-[calc(100dvh-5rem)] overflow-auto rounded-lg border border-line bg-surface focus-visible:outline-offset-0 print:max-h-none print:overflow-visible"
      >
        {children}
      </section>
    </div>
  );
}

/** `comfortable` rows are 44 px, compact ones 36 px. The first column stays in view; `caption` names the table. */
export function Table({
  caption,
  density = "compact",
  children,
  ...rest
}: Omit<ComponentProps<"table">, "className"> & { caption: string; density?: "compact" | "comfortable" }) {
  return (
    <table className="data-table" data-density={density} {...rest}>
      <caption className="sr-only">{caption}</caption>
      {children}
    </table>
  );
}

export type Sort = { href: string; direction: "ascending" | "descending" | "none" };

/** Why a cell has no figure: always in its text, seen when pointed at. */
export function BlankCell({
  why,
  numeric = false,
  ...data
}: {
  why: string;
  numeric?: boolean;
  "data-column"?: string;
  "data-blank": string;
}) {
  return (
    <td className={numeric ? "number" : undefined} {...data}>
      <span className="why">{why}</span>
    </td>
  );
}

/**
 * A column's name; with `sort` a link that sorts by it and says how it is sorted now. `explanation`: beside the name, what
 * is counted and where it comes from (components/figures/about.tsx); no column of numbers goes without.
 */
export function HeaderCell({
  children,
  sort,
  numeric = false,
  explanation,
}: {
  children: ReactNode;
  sort?: Sort | undefined;
} & ({ numeric?: false; explanation?: ReactNode } | { numeric: true; explanation: ReactNode })) {
  const Arrow =
    sort?.direction === "ascending"
      ? ArrowUpIcon
      : sort?.direction === "descending"
        ? ArrowDownIcon
        : SortIcon;
  return (
    <th
      scope="col"
      className={numeric ? "number" : undefined}
      aria-sort={sort && sort.direction !== "none" ? sort.direction : undefined}
    >
      <span className="head">
        {sort ? (
          <Link href={sort.href} prefetch={false} scroll={false}>
            {children}
            <Arrow className={`size-3.5 shrink-0 ${sort.direction === "none" ? "idle" : ""}`} />
          </Link>
        ) : (
          children
        )}
        {explanation}
      </span>
    </th>
  );
}
