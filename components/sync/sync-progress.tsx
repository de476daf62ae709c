"use client";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { trpcFor } from "#components/trpc.ts";
import { Progress } from "#components/ui/progress.tsx";
import { formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";

export type LiveRun = { id: string; connection: string; accountsTotal: number | null; accountsDone: number };
/** Texts with `{connection}`, `{done}` and `{total}` left open. */
export type ProgressTexts = { label: string; counted: string; starting: string };

const WATCH_MS = 2_000;
const fill = (text: string, values: Record<string, string>) =>
  text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);

/** The synchronisations that run now; watches them and, when the last has ended, shows the page anew. */
export function SyncProgress({
  initial,
  texts,
  lang,
  membershipId,
}: {
  initial: LiveRun[];
  texts: ProgressTexts;
  lang: Language;
  membershipId: string;
}) {
  const router = useRouter();
  const [runs, setRuns] = useState(initial);
  const isLive = runs.length > 0;
  useEffect(() => {
    if (!isLive) return undefined;
    const trpc = trpcFor(membershipId);
    const timer = setInterval(async () => {
      // A failed look is not news: the next one may succeed, and the page shows the ages of its data anyway.
      const now = await trpc.sync.live.query({}).catch(() => undefined);
      if (now === undefined) return;
      setRuns(now);
      if (now.length === 0) router.refresh();
    }, WATCH_MS);
    return () => clearInterval(timer);
  }, [isLive, membershipId, router]);
  if (!isLive) return null;
  return (
    <output className="mb-5 grid gap-3 rounded-lg border border-line bg-surface p-4">
      {runs.map(({ id, connection, accountsDone, accountsTotal }) => (
        <Progress
          key={id}
          label={fill(texts.label, { connection })}
          max={accountsTotal ?? 1}
          {...(accountsTotal !== null && { value: accountsDone })}
          text={
            accountsTotal === null
              ? texts.starting
              : fill(texts.counted, {
                  done: formatNumber(lang, accountsDone),
                  total: formatNumber(lang, accountsTotal),
                })
          }
        />
      ))}
    </output>
  );
}
