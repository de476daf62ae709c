"use client";
import { useEffect, useRef } from "react";
import type { SyncProgress } from "#server/sync/schema.ts";

/** A stream that was refused (session over, another membership, too many tabs) is asked for again after this. */
const AGAIN_MS = 10_000;

/**
 * Calls `onState` with the whole state of synchronisations whenever it changes, while the tab is looked at; the browser
 * connects anew by itself. `onGone`: the stream was refused, so the page should be read anew.
 */
export function useSyncStream(
  membershipId: string,
  onState: (state: SyncProgress) => void,
  onGone: () => void,
): void {
  const latest = useRef({ onState, onGone });
  useEffect(() => {
    latest.current = { onState, onGone };
  });
  useEffect(() => {
    let source: EventSource | undefined;
    let again: ReturnType<typeof setTimeout> | undefined;
    const close = () => {
      clearTimeout(again);
      source?.close();
      source = undefined;
    };
    const open = () => {
      close();
      if (document.hidden) return;
      const opened = new EventSource(`/api/sync/stream?membership=${membershipId}`);
      source = opened;
      opened.addEventListener("state", (event: MessageEvent<string>) =>
        latest.current.onState(JSON.parse(event.data) as SyncProgress),
      );
      opened.addEventListener("error", () => {
        if (opened.readyState !== EventSource.CLOSED) return;
        latest.current.onGone();
        again = setTimeout(open, AGAIN_MS);
      });
    };
    open();
    document.addEventListener("visibilitychange", open);
    return () => {
      document.removeEventListener("visibilitychange", open);
      close();
    };
  }, [membershipId]);
}
