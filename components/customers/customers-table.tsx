"use client";

import { useRouter } from "next/navigation";
import { useEffect, useLayoutEffect, useMemo, useRef } from "react";
import { taken } from "./handover.ts";
import { type Place, focusedPlace, focusPlace } from "./row-focus.ts";
import { selectRows } from "./row-selection.ts";
import type { TableProps } from "./table-props.ts";

/** The HTML that documents came with, by the table's id: a page that is gone back to has no document any more. */
const kept = new Map<string, string>();

/** Where the focus was in the table that goes, for the one that comes in its place. */
let left: Place | undefined;

/** Read from the document before anything is rendered, so that whatever makes React render anew finds the table again. */
function inDocument(id: string): string | undefined {
  const html = kept.get(id) ?? document.getElementById(id)?.innerHTML;
  if (html !== undefined) kept.set(id, html);
  return html;
}

/**
 * The table, whose HTML is written on the server (table-rows.ts), and what a script adds to it: links without loading a
 * document, the panel, selection of the page. It stays as it is while the page around it changes.
 */
export function CustomersTable(props: TableProps) {
  return <LiveTable key={props.id} {...props} />;
}

function LiveTable({ id, html, density, sortBase }: TableProps) {
  const router = useRouter();
  const table = useRef<HTMLTableElement>(null);
  const content = useMemo(
    () => html ?? (typeof document === "undefined" ? taken(id) : inDocument(id)) ?? "",
    [id, html],
  );
  useLayoutEffect(() => {
    const element = table.current;
    if (!element) return undefined;
    if (left) focusPlace(element, left);
    return () => {
      left = focusedPlace(element);
      // The next one comes in the same step, or none does.
      queueMicrotask(() => (left = undefined));
    };
  }, []);
  useEffect(() => {
    const element = table.current;
    if (!element) return undefined;
    const parts = new AbortController();
    element.addEventListener(
      "click",
      (event) => {
        const link = event.target instanceof Element ? event.target.closest("a") : null;
        const href = link?.getAttribute("href");
        const isPlain =
          event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
        if (!link || !href || event.defaultPrevented || !isPlain) return;
        event.preventDefault();
        const row = link.classList.contains("name") ? link.closest("tr")?.dataset["rowId"] : undefined;
        if (row === undefined) router.push(href, { scroll: !href.startsWith(sortBase) });
        else router.push(panelAddress(row), { scroll: false });
      },
      parts,
    );
    selectRows(element, parts.signal);
    return () => parts.abort();
  }, [router, sortBase]);
  return (
    <table
      id={id}
      ref={table}
      className="data-table customers"
      data-density={density}
      suppressHydrationWarning
      // oxlint-disable-next-line react/no-danger -- markup() escapes whatever is filled into its templates
      dangerouslySetInnerHTML={{ __html: content }}
    />
  );
}

/** The present address with the panel of one customer, without what an earlier form left in it. */
function panelAddress(customerId: string): string {
  const url = new URL(window.location.href);
  for (const name of ["notice", "error", "customers", "left", "about"]) url.searchParams.delete(name);
  url.searchParams.set("panel", customerId);
  return url.pathname + url.search;
}
