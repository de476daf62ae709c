"use client";

import type { ReactNode } from "react";
import { ChevronLeftIcon, ChevronRightIcon, FirstIcon } from "./icons.tsx";
import { LinkButton } from "./link-button.tsx";

export type PageLink = { href: string; label: string };

/** Links to other pages of a keyset list; a page that does not exist is left out, not greyed. */
export function Pagination({
  label,
  summary,
  first,
  previous,
  next,
}: {
  label: string;
  /** "51–100 of 2,000" */
  summary?: ReactNode;
  first?: PageLink | undefined;
  previous?: PageLink | undefined;
  next?: PageLink | undefined;
}) {
  return (
    <div className="mt-3 flex flex-wrap items-center justify-between gap-3">
      <p className="text-caption text-ink-soft">{summary}</p>
      <nav aria-label={label} className="flex flex-wrap gap-2">
        {first && (
          <LinkButton href={first.href} icon={<FirstIcon />} variant="quiet">
            {first.label}
          </LinkButton>
        )}
        {previous && (
          <LinkButton href={previous.href} rel="prev" icon={<ChevronLeftIcon />}>
            {previous.label}
          </LinkButton>
        )}
        {next && (
          <LinkButton href={next.href} rel="next">
            {next.label}
            <ChevronRightIcon />
          </LinkButton>
        )}
      </nav>
    </div>
  );
}
