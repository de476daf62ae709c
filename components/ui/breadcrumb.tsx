import Link from "next/link";
import { ChevronRightIcon } from "./icons.tsx";

export type Crumb = { label: string; href?: string };

/** The way up; the last one is this page and no link. */
export function Breadcrumb({ label, items }: { label: string; items: readonly Crumb[] }) {
  return (
    <nav aria-label={label} className="print:hidden">
      <ol className="flex flex-wrap items-center gap-x-1 text-caption text-ink-soft">
        {items.map((item, index) => (
          <li key={item.label} className="flex min-w-0 items-center gap-x-1">
            {index > 0 && <ChevronRightIcon className="size-3.5 shrink-0" />}
            {item.href === undefined ? (
              <span aria-current="page" className="max-w-64 truncate">
                {item.label}
              </span>
            ) : (
              <Link
                href={item.href}
                prefetch={false}
                className="rounded-sm py-1 underline-offset-2 hover:text-ink hover:underline"
              >
                {item.label}
              </Link>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
