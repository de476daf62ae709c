"use client";

import { useEffect, useRef } from "react";

/** Long enough to move the pointer from the mark to its note. */
const LEAVE_MS = 200;

/** The pages that explain every figure, by language, read once and only when somebody asks. */
const pages = new Map<string, Promise<Document>>();

async function read(href: string): Promise<Document> {
  const response = await fetch(href);
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

function pageAt(href: string): Promise<Document | undefined> {
  const page = pages.get(href) ?? read(href);
  pages.set(href, page);
  return page.catch(() => {
    pages.delete(href);
    return undefined;
  });
}

/** What the page of figures says of one, a line for each of its parts; the first is its name. */
function linesOf(figures: Document, id: string): HTMLElement[] {
  const parts = [...(figures.getElementById(id)?.children ?? [])];
  return parts.map((part, index) => {
    const line = document.createElement(index === 0 ? "b" : "span");
    line.textContent = part.textContent.trim();
    return line;
  });
}

/**
 * The marks beside figures (about.tsx) lead to the page of figures; with a script they say on hover and focus what stands
 * there, and on a first tap; the next one follows the link. Without a script, or without that page, the link remains.
 */
function explainFigures(note: HTMLElement, href: string, signal: AbortSignal): void {
  let wanted: HTMLAnchorElement | null = null;
  let leaving: ReturnType<typeof setTimeout> | undefined;
  const hide = () => {
    clearTimeout(leaving);
    wanted?.classList.remove("explained");
    wanted?.removeAttribute("aria-describedby");
    wanted = null;
    note.hidePopover();
  };
  const show = async (link: HTMLAnchorElement) => {
    clearTimeout(leaving);
    if (link === wanted) return;
    hide();
    wanted = link;
    const figures = await pageAt(href);
    if (wanted !== link || !figures) return;
    const lines = linesOf(figures, new URL(link.href).hash.slice(1));
    if (lines.length === 0) return;
    note.replaceChildren(...lines);
    link.classList.add("explained");
    link.setAttribute("aria-describedby", note.id);
    note.showPopover();
  };
  const leave = () => {
    clearTimeout(leaving);
    leaving = setTimeout(hide, LEAVE_MS);
  };
  const linkOf = ({ target }: Event) =>
    target instanceof Element ? target.closest<HTMLAnchorElement>("a.about") : null;
  const enter = (event: Event) => {
    // A finger says what it wants by a click.
    if (event instanceof PointerEvent && event.pointerType === "touch") return;
    const link = linkOf(event);
    if (link) void show(link);
    else if (event.target instanceof Node && note.contains(event.target)) clearTimeout(leaving);
  };
  const out = (event: Event) => {
    if (linkOf(event) ?? (event.target instanceof Node && note.contains(event.target))) leave();
  };
  /** The mark that a finger has just come down on while its note was not shown. */
  let touched: HTMLAnchorElement | null = null;
  const down = (event: PointerEvent) => {
    const link = linkOf(event);
    touched = event.pointerType === "touch" && link?.classList.contains("explained") === false ? link : null;
  };
  const click = (event: MouseEvent) => {
    const link = linkOf(event);
    if (!link || link !== touched) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    touched = null;
    void show(link);
  };
  /** Closed by Escape or by a click beside it. */
  const closed = () => {
    if (wanted?.classList.contains("explained") && !note.matches(":popover-open")) hide();
  };
  note.addEventListener("toggle", closed, { signal });
  document.addEventListener("pointerover", enter, { signal });
  document.addEventListener("pointerout", out, { signal });
  document.addEventListener("focusin", enter, { signal });
  document.addEventListener("focusout", out, { signal });
  document.addEventListener("pointerdown", down, { signal, capture: true });
  document.addEventListener("click", click, { signal, capture: true });
  // A page that comes in the place of this one takes its marks away.
  signal.addEventListener("abort", hide);
}

/** Explains the figures of every page of the portal; `href`: the page that lists them all. */
export function FigureNotes({ href }: { href: string }) {
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!note.current) return undefined;
    const parts = new AbortController();
    explainFigures(note.current, href, parts.signal);
    return () => parts.abort();
  }, [href]);
  return <div ref={note} id="figure-note" popover="auto" className="figure-note" />;
}
