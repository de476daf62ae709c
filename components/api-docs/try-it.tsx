"use client";
import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { TextInput } from "#components/ui/input.tsx";
import type { Language } from "#locales/languages.ts";
import { useToken } from "./token-store.ts";

type Parameter = { name: string; place: "path" | "query" | "header"; example: string };
export type TryTexts = Record<
  "title" | "body" | "send" | "sending" | "answer" | "took" | "failed" | "needsToken",
  string
>;
type Answer = { line: string; text: string };

const pretty = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

/** Calls an operation from the page with the token typed above it; the session's cookie stays out of it. */
export function TryIt({
  id,
  method,
  path,
  needsToken,
  parameters,
  body,
  lang,
  texts,
}: {
  id: string;
  method: string;
  path: string;
  needsToken: boolean;
  parameters: Parameter[];
  body: string | undefined;
  lang: Language;
  texts: TryTexts;
}) {
  const token = useToken();
  const [isSending, setSending] = useState(false);
  const [answer, setAnswer] = useState<Answer>();
  if (token === undefined) return null;

  async function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const value = (name: string) => String(form.get(name) ?? "");
    const headers = new Headers({ "accept-language": lang });
    const query = new URLSearchParams();
    let target = path;
    for (const { name, place } of parameters) {
      const given = value(name);
      if (place === "path") target = target.replace(`{${name}}`, encodeURIComponent(given));
      else if (given !== "" && place === "query") query.set(name, given);
      else if (given !== "") headers.set(name, given);
    }
    if (needsToken) headers.set("authorization", `Bearer ${token}`);
    if (body !== undefined) headers.set("content-type", "application/json");
    setSending(true);
    const at = performance.now();
    try {
      const response = await fetch(query.size > 0 ? `${target}?${query}` : target, {
        method,
        headers,
        credentials: "omit",
        ...(body !== undefined && { body: value("body") }),
      });
      const text = await response.text();
      const line = texts.took
        .replace("{status}", String(response.status))
        .replace("{ms}", String(Math.round(performance.now() - at)));
      setAnswer({ line, text: pretty(text).slice(0, 20_000) });
    } catch {
      setAnswer({ line: texts.failed, text: "" });
    } finally {
      setSending(false);
    }
  }

  return (
    <form onSubmit={(event) => void send(event)} className="mt-5 border-t border-line pt-4" data-try={id}>
      <h3 className="mb-3 font-medium">{texts.title}</h3>
      <div className="grid gap-4">
        {parameters.map(({ name, example }) => (
          <Field key={name} id={`${id}-${name}`} label={name} className="max-w-xl">
            {(control) => <TextInput {...control} name={name} defaultValue={example} autoComplete="off" />}
          </Field>
        ))}
        {body !== undefined && (
          <Field id={`${id}-body`} label={texts.body}>
            {(control) => (
              <textarea
                {...control}
                name="body"
                defaultValue={body}
                rows={12}
                spellCheck={false}
                className="w-full rounded-md bg-surface p-3 font-mono text-caption text-ink ring-1 ring-line-strong ring-inset focus-visible:outline-offset-0"
              />
            )}
          </Field>
        )}
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" disabled={isSending || (needsToken && token === "")}>
            {isSending ? texts.sending : texts.send}
          </Button>
          {needsToken && token === "" && (
            <span className="text-caption text-ink-soft">{texts.needsToken}</span>
          )}
        </div>
        <output aria-live="polite" className="block min-w-0">
          {answer && (
            <>
              <span className="mb-1.5 block font-medium">
                {texts.answer} · {answer.line}
              </span>
              {answer.text !== "" && (
                <section
                  aria-label={texts.answer}
                  tabIndex={0}
                  className="max-h-96 overflow-auto rounded-md bg-sunken p-3 text-caption ring-1 ring-line ring-inset"
                >
                  <pre>{answer.text}</pre>
                </section>
              )}
            </>
          )}
        </output>
      </div>
    </form>
  );
}
