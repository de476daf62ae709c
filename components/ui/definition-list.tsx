import { Fragment, type ReactNode } from "react";

/** `about`: what a figure means (components/figures/about.tsx). */
export type Definition = { term: string; value: ReactNode; about?: ReactNode };

/** Names and values side by side, one above the other on phones. */
export function DefinitionList({ items }: { items: readonly Definition[] }) {
  return (
    <dl className="grid gap-x-6 gap-y-1 sm:grid-cols-[fit-content(14rem)_1fr] sm:gap-y-3">
      {items.map(({ term, value, about }) => (
        <Fragment key={term}>
          <dt className="text-ink-soft">
            {term} {about}
          </dt>
          <dd className="mb-2 min-w-0 sm:mb-0">{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}
