"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useEffect, useState } from "react";

/** A page that comes sooner is not announced: one that flickers says less than none. */
const SOON_MS = 200;

/**
 * Says that a page, or other rows of a list, are on their way after a click on a link. Loading a whole document is shown
 * by the browser itself; this is for what a script fetches in its place.
 */
export function Waiting({ label }: { label: string }) {
  const [isWaiting, setWaiting] = useState(false);
  const address = addressOf(usePathname(), useSearchParams());
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const follow = (event: MouseEvent) => {
      const link =
        event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
      // Whoever fetches the page by script has kept the browser from loading the document.
      if (!link || !event.defaultPrevented || link.origin !== location.origin) return;
      // A link to what is shown, or to a place in it, brings no other page.
      if (addressOf(link.pathname, new URLSearchParams(link.search)) === address) return;
      clearTimeout(timer);
      timer = setTimeout(() => setWaiting(true), SOON_MS);
    };
    document.addEventListener("click", follow);
    return () => {
      document.removeEventListener("click", follow);
      clearTimeout(timer);
      setWaiting(false);
    };
  }, [address]);
  return (
    <output className="waiting" data-on={isWaiting || undefined}>
      {isWaiting && <span className="sr-only">{label}</span>}
    </output>
  );
}

const addressOf = (path: string, query: URLSearchParams) => `${path}?${query}`;
