"use client";
import { useEffect, useId, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Select } from "#components/ui/input.tsx";
import { formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";

export type SelectionBarProps = {
  /** Where the form goes. */
  action: string;
  /** What the list is filtered by, as JSON. */
  filter: string;
  /** Of this page, so that a double click is one request. */
  requestKey: string;
  actions: [id: string, label: string][];
  texts: { label: string; selected: string; all: string; choose: string; go: string; clear: string };
  lang: Language;
};

/** The form that the checkboxes of the rows belong to by their attribute `form`. */
const FORM = "selection";
const isRow = (field: Element): field is HTMLInputElement =>
  field instanceof HTMLInputElement && field.name === "id";
const isTicked = (field: Element) => isRow(field) && field.checked;

/**
 * What is to be done to the selected customers. A plain form: without scripts it always stands there; with scripts while
 * something is selected, and it says how much.
 */
export function SelectionBar({ action, filter, requestKey, actions, texts, lang }: SelectionBarProps) {
  const form = useRef<HTMLFormElement>(null);
  const [count, setCount] = useState(0);
  const [isAll, setIsAll] = useState(false);
  const select = useId();

  useEffect(() => {
    const own = form.current;
    if (!own) return undefined;
    const look = () => setCount([...own.elements].filter(isTicked).length);
    // The table has ticked the rows of its page by the time its event comes up here.
    const onChange = ({ target }: Event) => {
      if (target instanceof HTMLInputElement && target.type === "checkbox") look();
    };
    const onReset = () => {
      setIsAll(false);
      // Once the fields are as they were, the table shows it too.
      setTimeout(() => [...own.elements].find(isRow)?.dispatchEvent(new Event("change", { bubbles: true })));
    };
    look();
    document.addEventListener("change", onChange);
    own.addEventListener("reset", onReset);
    return () => {
      document.removeEventListener("change", onChange);
      own.removeEventListener("reset", onReset);
    };
  }, []);
  return (
    <form
      ref={form}
      id={FORM}
      method="post"
      action={action}
      aria-label={texts.label}
      data-active={isAll || count > 0}
      className="sticky bottom-0 z-10 mt-3 flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg border border-line bg-raised p-3 shadow-float data-[active=false]:[@media(scripting:enabled)]:hidden print:hidden"
    >
      <input type="hidden" name="filter" value={filter} />
      <input type="hidden" name="key" value={requestKey} />
      <output className="font-medium [@media(scripting:none)]:hidden" htmlFor={select}>
        {isAll ? texts.all : texts.selected.replace("{count}", formatNumber(lang, count))}
      </output>
      <label className="flex min-h-6 items-center gap-2">
        <input
          type="checkbox"
          name="all"
          value="1"
          className="size-4 accent-accent"
          onChange={(event) => setIsAll(event.target.checked)}
        />
        {texts.all}
      </label>
      <div className="flex grow flex-wrap items-center justify-end gap-2">
        <Select
          id={select}
          name="action"
          aria-label={texts.choose}
          required
          defaultValue=""
          className="min-w-44 sm:w-auto"
          options={[["", texts.choose] as const, ...actions].map(([value, label]) => ({ value, label }))}
        />
        <Button type="submit" variant="primary">
          {texts.go}
        </Button>
        <Button type="reset" variant="quiet">
          {texts.clear}
        </Button>
      </div>
    </form>
  );
}
