"use client";

import { useParams } from "next/navigation";
import { digestOf, Failure } from "#components/layout/failure.tsx";
import { isLanguage, languages } from "#locales/languages.ts";

export default function ErrorPage({ error, retry }: { error: unknown; retry: () => void }) {
  const { lang } = useParams<{ lang: string }>();
  return (
    <main id="content" className="grid min-h-dvh place-items-center">
      <Failure language={isLanguage(lang) ? lang : languages[0]} supportId={digestOf(error)} retry={retry} />
    </main>
  );
}
