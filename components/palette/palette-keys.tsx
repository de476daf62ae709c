"use client";

import "./palette.css";
import { useRouter } from "next/navigation";
import { type ComponentType, useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { SearchIcon } from "#components/ui/icons.tsx";
import type { Language } from "#locales/languages.ts";
import type { PaletteProps } from "./palette.tsx";
import { hasSingleKeys } from "./single-keys.ts";

/** Letters that go to a page after `g`, by the last part of its address. */
export const letters: Record<string, string> = {
  h: "",
  c: "customers",
  g: "groups",
  s: "sync",
  v: "vendor-accounts",
  o: "connections",
  e: "settings",
  t: "tokens",
  p: "profile",
};
/** So long after `g` the letter may come. */
const THEN_MS = 1_500;

const isTyping = (target: EventTarget | null) =>
  target instanceof Element && target.closest("input, textarea, select, [contenteditable], dialog") !== null;

type Open = "search" | "help";

/**
 * The keys that work on every page, and the button that stands for them; what they open is loaded by the first one. The
 * button is a link to the search of customers, so that it leads somewhere without a script.
 */
export function PaletteKeys({ lang, label }: { lang: Language; label: string }) {
  const router = useRouter();
  const [open, setOpen] = useState<Open | undefined>();
  const [Palette, setPalette] = useState<ComponentType<PaletteProps>>();
  const pressed = useRef(0);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const isCommand = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
      if (isCommand && event.key.toLowerCase() === "k") {
        event.preventDefault();
        const dialog = document.querySelector<HTMLDialogElement>("dialog.palette[open]");
        if (dialog) dialog.close();
        else setOpen("search");
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !hasSingleKeys())
        return;
      const isThen = event.timeStamp - pressed.current < THEN_MS;
      pressed.current = event.key === "g" && !isThen ? event.timeStamp : 0;
      const page = isThen ? letters[event.key] : undefined;
      if (page !== undefined) {
        const href = page === "" ? `/${lang}` : `/${lang}/${page}`;
        if (page === "profile" || document.querySelector(`#navigation a[href="${href}"]`)) router.push(href);
      } else if (event.key === "?") setOpen("help");
      // Where the page has a search of its own, that one takes the focus.
      else if (event.key === "/" && !document.querySelector("input[type=search][aria-keyshortcuts='/']"))
        setOpen("search");
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [lang, router]);

  useEffect(() => {
    if (open !== undefined) void import("./palette.tsx").then((loaded) => setPalette(() => loaded.Palette));
  }, [open]);

  return (
    <>
      <a
        href={`/${lang}/customers`}
        className="palette-button"
        aria-keyshortcuts="Control+K Meta+K"
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          document.querySelector<HTMLElement>("#navigation:popover-open")?.hidePopover();
          setOpen("search");
        }}
      >
        <SearchIcon />
        <span>{label}</span>
        <kbd aria-hidden="true">Ctrl K</kbd>
      </a>
      {open !== undefined &&
        Palette &&
        // Outside the navigation, which is a popover on phones and hides what is in it.
        createPortal(
          <Palette
            lang={lang}
            label={label}
            isHelp={open === "help"}
            onHelp={() => setOpen("help")}
            onClose={() => setOpen(undefined)}
          />,
          document.body,
        )}
    </>
  );
}
