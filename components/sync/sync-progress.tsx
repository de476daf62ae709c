"use client";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { Progress } from "#components/ui/progress.tsx";
import { formatDateTime, formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import type { LiveRun } from "#server/sync/schema.ts";
import { useSyncStream } from "./use-sync-stream.ts";

/** Texts with `{connection}`, `{done}`, `{total}` and `{at}` left open. */
export type ProgressTexts = { label: string; counted: string; starting: string; waiting: string };

const fill = (text: string, values: Record<string, string>) =>
  text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);

/** The synchronisations that go on now, as they move; when one has ended, the page is shown anew. */
export function SyncProgress({
  initial,
  texts,
  lang,
  timeZone,
  membershipId,
}: {
  initial: LiveRun[];
  texts: ProgressTexts;
  lang: Language;
  timeZone: string;
  membershipId: string;
}) {
  const router = useRouter();
  const [runs, setRuns] = useState(initial);
  const before = useRef({ ids: initial.map(({ id }) => id), lastEndedAt: null as string | null });
  useSyncStream(
    membershipId,
    (state) => {
      const { ids, lastEndedAt } = before.current;
      const live = new Set(state.runs.map(({ id }) => id));
      const hasEnded =
        ids.some((id) => !live.has(id)) || (lastEndedAt !== null && lastEndedAt !== state.lastEndedAt);
      before.current = { ids: [...live], lastEndedAt: state.lastEndedAt };
      setRuns(state.runs);
      if (hasEnded) router.refresh();
    },
    () => router.refresh(),
  );
  if (runs.length === 0) return null;
  const textOf = ({ accountsDone, accountsTotal, waitsUntil }: LiveRun) => {
    if (waitsUntil !== null)
      return fill(texts.waiting, { at: formatDateTime(lang, timeZone, new Date(waitsUntil)) });
    if (accountsTotal === null) return texts.starting;
    return fill(texts.counted, {
      done: formatNumber(lang, accountsDone),
      total: formatNumber(lang, accountsTotal),
    });
  };
  return (
    <output className="mb-5 grid gap-3 rounded-lg border border-line bg-surface p-4">
      {runs.map((run) => (
        <Progress
          key={run.id}
          label={fill(texts.label, { connection: run.connection })}
          max={run.accountsTotal ?? 1}
          {...(run.accountsTotal !== null && { value: run.accountsDone })}
          text={textOf(run)}
        />
      ))}
    </output>
  );
}
