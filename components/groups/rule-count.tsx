"use client";

import { useEffect, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";

/** Long enough that a tag is not counted letter by letter. */
const PAUSE_MS = 300;

type Words = { button: string; counted: string; moreThan: string; nothing: string; failed: string };
/** Empty where the rule asks nothing. */
type Counted = { count?: number; isMore?: boolean };

/**
 * How many customers the rule of the form around it means: counted at the press of a button, which sends the form to
 * `page`; with a script with every change, in place.
 */
export function RuleCount({
  page,
  lang,
  initial,
  words,
}: {
  page: string;
  lang: string;
  initial: string;
  words: Words;
}) {
  const button = useRef<HTMLButtonElement>(null);
  const [text, setText] = useState(initial);

  useEffect(() => {
    const form = button.current?.form;
    if (!form) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let request = new AbortController();
    const say = ({ count: found, isMore }: Counted) => {
      if (found === undefined) return setText(words.nothing);
      const n = new Intl.NumberFormat(lang).format(found);
      setText(words.counted.replace("{{n}}", isMore ? words.moreThan.replace("{{formatted}}", n) : n));
    };
    const count = async () => {
      request.abort();
      request = new AbortController();
      const { signal } = request;
      const fields = [...new FormData(form)].filter(
        (field): field is [string, string] => typeof field[1] === "string",
      );
      try {
        const answer = await fetch(`/api/groups/count?${new URLSearchParams(fields)}`, { signal });
        if (!answer.ok) throw new Error(String(answer.status));
        say((await answer.json()) as Counted);
      } catch {
        if (!signal.aborted) setText(words.failed);
      }
    };
    const soon = (event: Event) => {
      if (event.target instanceof HTMLInputElement && ["name", "kind"].includes(event.target.name)) return;
      clearTimeout(timer);
      timer = setTimeout(() => void count(), PAUSE_MS);
    };
    const atOnce = (event: SubmitEvent) => {
      if (event.submitter !== button.current) return;
      event.preventDefault();
      clearTimeout(timer);
      void count();
    };
    form.addEventListener("input", soon);
    form.addEventListener("submit", atOnce);
    return () => {
      clearTimeout(timer);
      request.abort();
      form.removeEventListener("input", soon);
      form.removeEventListener("submit", atOnce);
    };
  }, [lang, words]);

  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <Button
        ref={button}
        type="submit"
        name="count"
        value="1"
        formMethod="get"
        formAction={page}
        formNoValidate
      >
        {words.button}
      </Button>
      <output aria-live="polite" className="font-medium">
        {text}
      </output>
    </div>
  );
}
