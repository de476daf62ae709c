"use client";

import "#app/globals.css";
import { digestOf, Failure } from "#components/layout/failure.tsx";
import { languages } from "#locales/languages.ts";

/** The layout itself failed, so nothing is known of the reader: all three languages, one after the other. */
export default function GlobalError({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <html lang="en">
      <body>
        <title>Belvedere</title>
        <main className="mx-auto max-w-xl divide-y divide-line">
          {languages.map((language) => (
            <Failure key={language} language={language} supportId={digestOf(error)} retry={retry} />
          ))}
        </main>
      </body>
    </html>
  );
}
