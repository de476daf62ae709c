"use client";
import { useRouter } from "next/navigation";
import { useRef } from "react";
import type { SyncProgress } from "#server/sync/schema.ts";
import { useSyncStream } from "./use-sync-stream.ts";

/** Reads the page anew whenever a synchronisation moves; without scripts the page is read anew by its reader. */
export function LiveRefresh({ initial, membershipId }: { initial: SyncProgress; membershipId: string }) {
  const router = useRouter();
  const last = useRef(JSON.stringify(initial));
  useSyncStream(
    membershipId,
    (state) => {
      const now = JSON.stringify(state);
      if (last.current !== now) router.refresh();
      last.current = now;
    },
    () => router.refresh(),
  );
  return null;
}
