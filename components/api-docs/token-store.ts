"use client";
import { useSyncExternalStore } from "react";

// The token that was typed in, for every *Try it* of the page: in memory only, and gone with the page.
let token = "";
const listeners = new Set<() => void>();

export function setToken(next: string): void {
  token = next;
  for (const listener of listeners) listener();
}
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};
/** The token; undefined while no script runs, so that nothing is offered that could not work. */
export const useToken = (): string | undefined =>
  useSyncExternalStore<string | undefined>(
    subscribe,
    () => token,
    () => undefined,
  );
