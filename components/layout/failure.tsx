"use client";

import { Button } from "#components/ui/button.tsx";
import { buttonClass } from "#components/ui/button-class.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { AlertIcon } from "#components/ui/icons.tsx";
import type { Language } from "#locales/languages.ts";
import { texts } from "./failure-texts.ts";

/** `supportId` is the digest under which the server logged the error; without one the browser itself has failed. */
export function Failure({
  language,
  supportId,
  retry,
}: {
  language: Language;
  supportId: string | undefined;
  retry: () => void;
}) {
  const text = texts[language];
  return (
    <div role="alert" lang={language}>
      <EmptyState
        level={1}
        icon={<AlertIcon className="size-10 text-danger" />}
        title={text.title}
        reason={
          <>
            <p>{supportId === undefined ? text.here : text.body}</p>
            {supportId !== undefined && (
              <p className="mt-3 text-caption">
                {text.supportId}{" "}
                <code className="rounded-sm bg-sunken px-1.5 py-0.5 text-ink select-all">{supportId}</code>
              </p>
            )}
          </>
        }
        action={
          <>
            <Button variant="primary" onClick={retry}>
              {text.retry}
            </Button>
            <a href={`/${language}`} className={buttonClass({})}>
              {text.home}
            </a>
          </>
        }
      />
    </div>
  );
}

export const digestOf = (error: unknown): string | undefined =>
  error instanceof Error && "digest" in error && typeof error.digest === "string" ? error.digest : undefined;
