"use client";
import { useEffect, useId, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Select } from "#components/ui/input.tsx";
import { formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { readSelection, writeSelection } from "./selection-store.ts";

export type SelectionBarProps = {
  /** Where the form goes. */
  action: string;
  /** What the list is filtered by, as JSON. */
  filter: string;
  /** Of this page, so that a double click is one request. */
  requestKey: string;
  actions: [id: string, label: string][];
  /** Whose selection it is: the membership. */
  owner: string;
  /** So many are picked by hand at most. */
  most: number;
  texts: Record<"label" | "selected" | "away" | "most" | "all" | "choose" | "go" | "clear", string>;
  lang: Language;
};

/** The form that the checkboxes of the rows belong to by their attribute `form`. */
const FORM = "selection";
const isRow = (field: Element): field is HTMLInputElement =>
  field instanceof HTMLInputElement && field.name === "id" && field.type === "checkbox";
/** Gone back to in a new document, whose fields the browser fills with what they held when it was left. */
const isRestored = () =>
  performance
    .getEntriesByType("navigation")
    .some((entry) => "type" in entry && entry.type === "back_forward");

/**
 * What is to be done to the selected customers. A plain form: without scripts it always stands there; with scripts while
 * something is selected, and it says how much; what was picked on other pages of the list stays picked.
 */
export function SelectionBar(props: SelectionBarProps) {
  const { action, filter, requestKey, actions, owner, most, texts, lang } = props;
  const form = useRef<HTMLFormElement>(null);
  const [count, setCount] = useState(0);
  /** Those that were picked on other pages. */
  const [away, setAway] = useState<readonly string[]>([]);
  const [isAll, setIsAll] = useState(false);
  const select = useId();

  useEffect(() => {
    const own = form.current;
    if (!own) return undefined;
    const rows = () => [...own.elements].filter(isRow);
    const look = () => {
      const here = rows();
      const kept = readSelection(owner);
      const before = new Set(kept.ids);
      const shown = new Set(here.map((row) => row.value));
      const elsewhere = kept.ids.filter((id) => !shown.has(id));
      const over = elsewhere.length + here.filter((row) => row.checked).length - most;
      const added = here.filter((row) => row.checked && !before.has(row.value));
      if (over > 0) for (const row of added.slice(-over)) row.checked = false;
      const ids = [...elsewhere, ...here.filter((row) => row.checked).map((row) => row.value)];
      const isSame = ids.length === before.size && ids.every((id) => before.has(id));
      writeSelection(owner, { ids, ...(isSame && kept.bulkId !== undefined && { bulkId: kept.bulkId }) });
      setCount(ids.length);
      setAway(elsewhere);
      if (over > 0) show();
    };
    /** The table shows the rows as they are ticked now. */
    const show = () => rows()[0]?.dispatchEvent(new Event("change", { bubbles: true }));
    /** Ticks what was picked before. */
    const recall = (isAnew: boolean) => {
      const ids = new Set(readSelection(owner).ids);
      for (const row of rows()) row.checked = ids.has(row.value) || (!isAnew && row.checked);
      show();
    };
    // The table has ticked the rows of its page by the time its event comes up here.
    const onChange = ({ target }: Event) => {
      if (target instanceof HTMLInputElement && target.type === "checkbox") look();
    };
    const parts = new AbortController();
    const { signal } = parts;
    document.addEventListener("change", onChange, { signal });
    own.addEventListener(
      "reset",
      () => {
        setIsAll(false);
        writeSelection(owner, { ids: [] });
        // Once the fields are as they were.
        setTimeout(() => recall(true));
      },
      { signal },
    );
    own.addEventListener(
      "submit",
      () => writeSelection(owner, { ids: readSelection(owner).ids, isSent: true }),
      { signal },
    );
    window.addEventListener("pageshow", ({ persisted }) => persisted && recall(true), { signal });
    // What was ticked before this ran counts.
    recall(isRestored());
    return () => parts.abort();
  }, [owner, most]);
  const picked = (away.length > 0 ? texts.away : texts.selected)
    .replace("{count}", formatNumber(lang, count))
    .replace("{away}", formatNumber(lang, away.length));
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
      {!isAll && away.map((id) => <input key={id} type="hidden" name="id" value={id} />)}
      <output className="font-medium [@media(scripting:none)]:hidden" htmlFor={select}>
        {isAll ? texts.all : picked}
        {!isAll && count >= most && <span className="block text-caption font-normal">{texts.most}</span>}
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
