"use client";

import { useParams } from "next/navigation";
import { digestOf, Failure } from "#components/layout/failure.tsx";
import { isLanguage, languages } from "#locales/languages.ts";

/** Inside the shell: one page that fails leaves the others reachable. */
export default function ErrorPage({ error, retry }: { error: unknown; retry: () => void }) {
  const { lang } = useParams<{ lang: string }>();
  return (
    <Failure language={isLanguage(lang) ? lang : languages[0]} supportId={digestOf(error)} retry={retry} />
  );
}
