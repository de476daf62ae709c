import { Fragment, type ReactNode } from "react";

export type Definition = { term: string; value: ReactNode };

/** Names and values side by side, one above the other on phones. */
export function DefinitionList({ items }: { items: readonly Definition[] }) {
  return (
    <dl className="grid gap-x-6 gap-y-1 sm:grid-cols-[fit-content(14rem)_1fr] sm:gap-y-3">
      {items.map(({ term, value }) => (
        <Fragment key={term}>
          <dt className="text-ink-soft">{term}</dt>
          <dd className="mb-2 min-w-0 sm:mb-0">{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}
