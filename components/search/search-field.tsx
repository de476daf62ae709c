"use client";

import "./search.css";
import { useRouter } from "next/navigation";
import { type KeyboardEvent, useId, useState } from "react";
import { TextInput } from "#components/ui/input.tsx";
import { optionId, Options } from "./options.tsx";
import { useMatches } from "./use-matches.ts";

type Texts = { label: string; placeholder: string; key: string; matches: string; failed: string };

/**
 * The list's search: a plain field of its form; with a script the best matches stand below it, one key away. That they
 * are asked for is shown when it takes a moment, and that they do not come is said: the form searches all the same.
 */
export function SearchField({ action, value, texts }: { action: string; value: string; texts: Texts }) {
  const router = useRouter();
  const id = useId();
  const [typed, setTyped] = useState("");
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const { matches, state } = useMatches(isOpen ? typed : "");
  const isShown = isOpen && matches.length > 0;
  const at = Math.min(chosen, matches.length - 1);
  const close = () => {
    setOpen(false);
    setChosen(-1);
  };
  const go = (customer: string) => {
    close();
    router.push(`${action}/${customer}`);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const down = event.key === "ArrowDown";
      if (!isShown) {
        setTyped(event.currentTarget.value);
        setOpen(true);
      } else setChosen(down ? Math.min(at + 1, matches.length - 1) : Math.max(at - 1, -1));
      event.preventDefault();
    } else if (event.key === "Enter") {
      const match = isShown ? matches[at] : undefined;
      if (match) {
        event.preventDefault();
        go(match.id);
      } else close();
    } else if (event.key === "Escape" && isShown) {
      // The first Escape closes the matches, the next one empties the field, as browsers do.
      event.preventDefault();
      close();
    }
  };
  return (
    <>
      <TextInput
        type="search"
        name="q"
        maxLength={200}
        defaultValue={value}
        // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an input it is; a select cannot be typed into
        role="combobox"
        aria-label={texts.label}
        aria-keyshortcuts="/"
        aria-autocomplete="list"
        aria-busy={state === "asking"}
        aria-expanded={isShown}
        aria-controls={id}
        aria-activedescendant={isShown && at >= 0 ? optionId(id, at) : undefined}
        placeholder={texts.placeholder}
        title={texts.key}
        autoComplete="off"
        spellCheck={false}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          setChosen(-1);
          setOpen(true);
        }}
        onKeyDown={onKeyDown}
        onBlur={close}
      />
      <output className="matches-failed">{state === "failed" && texts.failed}</output>
      <Options
        id={id}
        label={texts.matches}
        groups={[
          {
            label: texts.matches,
            options: matches.map((match) => ({
              key: match.id,
              label: match.name,
              detail: match.domain ?? "",
            })),
          },
        ]}
        at={at}
        isShown={isShown}
        onChoose={({ key }) => go(key)}
      />
    </>
  );
}
