"use client";

import { useRouter } from "next/navigation";
import { Fragment, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { optionId, Options } from "#components/search/options.tsx";
import { useMatches } from "#components/search/use-matches.ts";
import type { PaletteContent } from "#server/palette/schema.ts";
import { type Entry, groupsFor, post, setTheme } from "./entries.ts";

/** A combobox over customers, pages and actions: arrows choose, Enter opens, Escape closes the dialog around it. */
export function PaletteSearch({
  lang,
  content,
  onHelp,
}: {
  lang: string;
  content: PaletteContent;
  onHelp: () => void;
}) {
  const { texts, maySearch } = content;
  const router = useRouter();
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState(0);
  const { matches, state } = useMatches(maySearch ? typed : "");
  const groups = groupsFor(typed, matches, content, lang);
  const entries = groups.flatMap((group) => group.options);
  const at = Math.min(chosen, entries.length - 1);
  useEffect(() => input.current?.focus(), []);
  useEffect(() => {
    list.current?.querySelector("[aria-selected='true']")?.scrollIntoView({ block: "nearest" });
  });

  const run = ({ run: action }: Entry) => {
    if ("help" in action) return onHelp();
    input.current?.closest("dialog")?.close();
    if ("href" in action) router.push(action.href);
    else if ("post" in action) post(action.post, action.fields);
    else if ("theme" in action) setTheme(action.theme);
    else
      location.assign(
        location.href.replace(/^([^/]*\/\/[^/]+\/)[a-z]{2}(?=[/?#]|$)/, `$1${action.language}`),
      );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const to: Record<string, number> = {
      ArrowDown: (at + 1) % Math.max(entries.length, 1),
      ArrowUp: (at + entries.length - 1) % Math.max(entries.length, 1),
      PageDown: entries.length - 1,
      PageUp: 0,
    };
    const next = to[event.key];
    if (next !== undefined) setChosen(next);
    else if (event.key === "Enter") {
      const entry = entries[at];
      if (entry) run(entry);
    } else return;
    event.preventDefault();
  };
  const said =
    state === "failed"
      ? texts.failed
      : entries.length > 0
        ? ""
        : state === "asking"
          ? texts.searching
          : texts.none;
  return (
    <>
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-label={texts.label}
        aria-autocomplete="list"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={at >= 0 ? optionId("palette-list", at) : undefined}
        placeholder={texts.placeholder}
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div className="entries" ref={list}>
        <Options id="palette-list" label={texts.label} groups={groups} at={at} onChoose={run} />
      </div>
      <output className="said">{said}</output>
      <p className="hints" aria-hidden="true">
        {(
          [
            ["↑ ↓", texts.hint.move],
            ["↵", texts.hint.go],
            ["Esc", texts.hint.close],
          ] as const
        ).map(([key, hint]) => (
          <Fragment key={key}>
            <kbd>{key}</kbd> {hint}
          </Fragment>
        ))}
      </p>
    </>
  );
}
