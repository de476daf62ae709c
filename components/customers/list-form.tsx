"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, useEffect, useRef, useTransition } from "react";
import { hasSingleKeys } from "#components/palette/single-keys.ts";

/** Long enough that a word is not searched letter by letter, short enough to feel instant. */
const TYPING_MS = 180;

/**
 * Search and filters as a plain GET form; with a script it searches while one types, applies a choice at once, keeps
 * empty fields out of the address and takes the focus on `/`.
 */
export function ListForm({
  action,
  label,
  values,
  children,
}: {
  action: string;
  label: string;
  values: Record<string, string>;
  children: ReactNode;
}) {
  const form = useRef<HTMLFormElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [isBusy, start] = useTransition();
  const router = useRouter();

  const go = (how: "push" | "replace") => {
    clearTimeout(timer.current);
    if (!form.current) return;
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form.current))
      if (typeof value === "string" && value.trim() !== "") query.set(name, value.trim());
    const text = query.toString();
    start(() => router[how](`${action}?${text || "view=all"}`, { scroll: false }));
  };

  useEffect(() => {
    const focusSearch = (event: KeyboardEvent) => {
      const isTyping =
        event.target instanceof Element &&
        event.target.closest("input, textarea, select, [contenteditable]") !== null;
      if (event.key !== "/" || isTyping || event.metaKey || event.ctrlKey || event.altKey) return;
      if (!hasSingleKeys()) return;
      event.preventDefault();
      const search = form.current?.querySelector<HTMLInputElement>("input[type=search]");
      search?.focus();
      search?.select();
    };
    document.addEventListener("keydown", focusSearch);
    return () => document.removeEventListener("keydown", focusSearch);
  }, []);

  // Fields hold what was typed; after a link changed the address (a filter taken away) they must follow it. What was
  // chosen before the script ran stays for the event that tells of it.
  const shown = useRef(values);
  useEffect(() => {
    if (form.current && shown.current !== values) fillFields(form.current, values);
    shown.current = values;
  }, [values]);

  return (
    <search aria-label={label}>
      <form
        ref={form}
        aria-busy={isBusy}
        method="get"
        action={action}
        className="list-form"
        onSubmit={(event) => {
          event.preventDefault();
          go("push");
        }}
        onChange={(event) => {
          const { target } = event;
          const isSwitch = target instanceof HTMLInputElement && target.type === "checkbox";
          if (isSwitch || target instanceof HTMLSelectElement) go("push");
        }}
        onInput={(event) => {
          if (!(event.target instanceof HTMLInputElement) || event.target.type === "checkbox") return;
          clearTimeout(timer.current);
          timer.current = setTimeout(() => go("replace"), TYPING_MS);
        }}
      >
        {children}
      </form>
    </search>
  );
}

/** The field that is being typed in is left alone. */
function fillFields(form: HTMLFormElement, values: Record<string, string>) {
  for (const field of form.elements) {
    if (
      (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) &&
      field.name !== "" &&
      field !== document.activeElement
    ) {
      if (field.type === "checkbox") (field as HTMLInputElement).checked = values[field.name] !== undefined;
      else field.value = values[field.name] ?? "";
    }
  }
}
