"use client";

import { useEffect, useState } from "react";
import type { Match } from "#server/search/schema.ts";

/** Letters typed in one go are one question; well under the 150 ms in which the first matches must be there. */
const TYPING_MS = 60;

type Found = { q: string; matches: Match[]; state: "idle" | "asking" | "there" | "failed" };
const nothing: Found = { q: "", matches: [], state: "idle" };

/** The best matches of what is typed, the latest question only: an older one is given up. */
export function useMatches(typed: string): Found {
  const q = typed.trim();
  const [found, setFound] = useState<Found>(nothing);
  useEffect(() => {
    if (q === "") return;
    const stop = new AbortController();
    const ask = async () => {
      try {
        const response = await fetch(`/api/search?${new URLSearchParams({ q })}`, { signal: stop.signal });
        if (!response.ok) throw new Error(String(response.status));
        const { matches } = (await response.json()) as { matches: Match[] };
        setFound({ q, matches, state: "there" });
      } catch {
        if (!stop.signal.aborted) setFound({ q, matches: [], state: "failed" });
      }
    };
    const timer = setTimeout(() => void ask(), TYPING_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [q]);
  if (q === "") return nothing;
  if (found.q === q) return found;
  // Until the answer is there the matches of the letters before stay in view; those of other words would be mistaken for it.
  const isLonger = found.q !== "" && q.startsWith(found.q);
  return { ...found, matches: isLonger ? found.matches : [], state: "asking" };
}
