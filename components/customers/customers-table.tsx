"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { cell } from "./customer-cells.tsx";
import type { HeadTuple, TableProps } from "./table-props.ts";

/**
 * The whole table as one client component: its rows travel once as HTML and once as these short tuples, instead of
 * once more as a tree of cells (measured in docs/benchmarks.md). Without a script it is the same HTML.
 */
export function CustomersTable({ head, groups, rows, words, base, sortBase }: TableProps) {
  const router = useRouter();
  const table = useRef<HTMLTableElement>(null);
  // Links stay plain for the sake of 50 rows; one listener turns a plain click into a soft navigation.
  useEffect(() => {
    const element = table.current;
    const follow = (event: MouseEvent) => {
      const href = event.target instanceof Element ? event.target.closest("a")?.getAttribute("href") : null;
      if (
        !href ||
        event.defaultPrevented ||
        event.button !== 0 ||
        event.metaKey ||
        event.ctrlKey ||
        event.shiftKey ||
        event.altKey
      )
        return;
      event.preventDefault();
      router.push(href, { scroll: !href.startsWith(sortBase) });
    };
    element?.addEventListener("click", follow);
    return () => element?.removeEventListener("click", follow);
  }, [router, sortBase]);
  return (
    <table className="data-table customers" data-density="comfortable" ref={table}>
      <caption className="sr-only">{words.caption}</caption>
      <thead>
        <tr className="groups">
          {groups.map(([label, span], index) =>
            label === "" ? (
              <td key={index} colSpan={span} />
            ) : (
              <th key={index} colSpan={span} scope="colgroup">
                {label}
              </th>
            ),
          )}
        </tr>
        <tr>
          {head.map((column) => (
            <Head key={column[0]} column={column} about={words.about} sortBase={sortBase} />
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={row[0]} data-row-id={row[0]}>
            {head.map(([id]) => cell(id, row, words, `${base}/${row[0]}`, index))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Head({
  column: [id, label, meaning, nextSort, sorted, isNumber],
  about,
  sortBase,
}: {
  column: HeadTuple;
  about: string;
  sortBase: string;
}) {
  const direction = sorted === 1 ? "ascending" : sorted === -1 ? "descending" : undefined;
  return (
    <th scope="col" className={isNumber ? "number" : undefined} aria-sort={direction}>
      <span className="head">
        {nextSort === "" ? (
          label
        ) : (
          <a className={`sort ${direction ?? "idle"}`} href={sortBase + nextSort}>
            {label}
          </a>
        )}
        <span className="tooltip">
          <button
            type="button"
            className="about"
            popoverTarget={`about-${id}`}
            aria-label={`${about} ${label}`}
            aria-describedby={`about-${id}`}
          />
          <span id={`about-${id}`} popover="auto">
            {meaning}
          </span>
        </span>
      </span>
    </th>
  );
}
