"use client";

import "#components/search/search.css";
import { useEffect, useRef, useState } from "react";
import type { PaletteContent } from "#server/palette/schema.ts";
import { HelpSheet } from "./help-sheet.tsx";
import { PaletteSearch } from "./palette-search.tsx";

export type PaletteProps = { lang: string; isHelp: boolean; onHelp: () => void; onClose: () => void };

let kept: { lang: string; content: Promise<PaletteContent> } | undefined;
/** Words and actions, asked for once; a refused question is asked again by the next opening. */
function contentFor(lang: string): Promise<PaletteContent> {
  if (kept?.lang !== lang) {
    const content = fetch(`/api/palette?lang=${lang}`).then((response) => {
      if (!response.ok) throw new Error(String(response.status));
      return response.json() as Promise<PaletteContent>;
    });
    kept = { lang, content };
    content.catch(() => (kept = undefined));
  }
  return kept.content;
}

/** A native dialog: it holds the focus while it is open and gives it back. */
export function Palette({ lang, isHelp, onHelp, onClose }: PaletteProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [content, setContent] = useState<PaletteContent>();
  useEffect(() => {
    contentFor(lang).then(setContent, onClose);
  }, [lang, onClose]);
  useEffect(() => {
    if (content && dialog.current?.open === false) dialog.current.showModal();
  }, [content]);
  if (!content) return null;
  const { texts } = content;
  return (
    <dialog
      ref={dialog}
      className="palette"
      aria-label={isHelp ? texts.help.title : texts.label}
      onClose={onClose}
      onPointerDown={(event) => {
        if (event.target === event.currentTarget) event.currentTarget.close();
      }}
    >
      {isHelp ? (
        <HelpSheet lang={lang} texts={texts} />
      ) : (
        <PaletteSearch lang={lang} content={content} onHelp={onHelp} />
      )}
    </dialog>
  );
}
