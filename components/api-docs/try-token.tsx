"use client";
import { useEffect } from "react";
import { Field } from "#components/ui/field.tsx";
import { TextInput } from "#components/ui/input.tsx";
import { setToken, useToken } from "./token-store.ts";

/** Where the token for *Try it* is typed; nothing without scripts. */
export function TryToken({ texts }: { texts: { label: string; hint: string } }) {
  const token = useToken();
  // Leaving the page forgets it, also where the next page is shown without loading anew.
  useEffect(() => () => setToken(""), []);
  if (token === undefined) return null;
  return (
    <Field id="try-token" label={texts.label} hint={texts.hint} className="mb-6 max-w-xl">
      {(control) => (
        <TextInput
          {...control}
          type="password"
          autoComplete="off"
          spellCheck={false}
          value={token}
          onChange={(event) => setToken(event.target.value.trim())}
        />
      )}
    </Field>
  );
}
