"use client";

import { useParams } from "next/navigation";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { texts } from "./failure-texts.ts";
import { Mark } from "./mark.tsx";

/**
 * Nothing at this address, or nothing this reader may see: the two look alike on purpose. With sentences that the browser
 * holds itself: what stands in a not-found file travels with every page.
 */
export function NotFoundMessage() {
  const { lang } = useParams<{ lang: string }>();
  const language = isLanguage(lang) ? lang : languages[0];
  const text = texts[language].notFound;
  return (
    <EmptyState
      level={1}
      icon={<Mark className="size-12" />}
      title={text.title}
      reason={text.body}
      action={
        <LinkButton href={`/${language}`} variant="primary">
          {text.action}
        </LinkButton>
      }
    />
  );
}
