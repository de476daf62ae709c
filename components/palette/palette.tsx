"use client";

import "#components/search/search.css";
import { useEffect, useRef, useState } from "react";
import { texts as failureTexts } from "#components/layout/failure-texts.ts";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { Language } from "#locales/languages.ts";
import type { PaletteContent } from "#server/palette/schema.ts";
import { HelpSheet } from "./help-sheet.tsx";
import { PaletteSearch } from "./palette-search.tsx";

export type PaletteProps = {
  lang: Language;
  /** What the palette is called until its own words are there. */
  label: string;
  isHelp: boolean;
  onHelp: () => void;
  onClose: () => void;
};

/** `failure`: what the portal says of why it refused, undefined where it did not answer. */
type Answer = { content: PaletteContent } | { failure: { message: string; supportId: string } | undefined };

async function ask(lang: Language): Promise<Answer> {
  try {
    const response = await fetch(`/api/palette?lang=${lang}`);
    const body: unknown = await response.json();
    if (response.ok) return { content: body as PaletteContent };
    return { failure: (body as { error: { message: string; supportId: string } }).error };
  } catch {
    return { failure: undefined };
  }
}

let kept: { lang: Language; answer: Promise<Answer> } | undefined;
/** Words and actions, asked for once; a refused question is asked again by the next opening. */
async function answerFor(lang: Language): Promise<Answer> {
  if (kept?.lang !== lang) kept = { lang, answer: ask(lang) };
  const answer = await kept.answer;
  if ("failure" in answer) kept = undefined;
  return answer;
}

/** A native dialog: it holds the focus while it is open and gives it back. */
export function Palette({ lang, label, isHelp, onHelp, onClose }: PaletteProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [answer, setAnswer] = useState<Answer>();
  useEffect(() => {
    void answerFor(lang).then(setAnswer);
  }, [lang]);
  useEffect(() => {
    if (answer && dialog.current?.open === false) dialog.current.showModal();
  }, [answer]);
  if (!answer) return null;
  const content = "content" in answer ? answer.content : undefined;
  return (
    <dialog
      ref={dialog}
      className="palette"
      aria-label={(isHelp ? content?.texts.help.title : content?.texts.label) ?? label}
      onClose={onClose}
      onPointerDown={(event) => {
        if (event.target === event.currentTarget) event.currentTarget.close();
      }}
    >
      {"failure" in answer ? (
        <PaletteFailure
          lang={lang}
          failure={answer.failure}
          onRetry={() => void answerFor(lang).then(setAnswer)}
        />
      ) : isHelp ? (
        <HelpSheet lang={lang} texts={answer.content.texts} />
      ) : (
        <PaletteSearch lang={lang} content={answer.content} onHelp={onHelp} />
      )}
    </dialog>
  );
}

/** Without its words and actions the palette says why, and asks for them once more. */
function PaletteFailure({
  lang,
  failure,
  onRetry,
}: Extract<Answer, { failure: unknown }> & { lang: Language; onRetry: () => void }) {
  const texts = failureTexts[lang];
  return (
    <Notice
      tone="danger"
      title={failure?.message ?? texts.noAnswer}
      supportId={failure && { label: texts.supportId, value: failure.supportId }}
      action={<Button onClick={onRetry}>{texts.retry}</Button>}
    />
  );
}
