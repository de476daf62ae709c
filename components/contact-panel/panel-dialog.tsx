"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, useEffect, useRef } from "react";

/**
 * The panel beside the list. It comes open and readable without a script; with one it takes and keeps the focus, closes
 * with Escape or a click beside it, and gives the focus back to the customer's name.
 */
export function PanelDialog({
  customerId,
  closeHref,
  labelledBy,
  step,
  children,
}: {
  customerId: string;
  closeHref: string;
  labelledBy: string;
  /** What the panel is for at present: with each the focus goes to where it begins. */
  step: "read" | "edit";
  children: ReactNode;
}) {
  const router = useRouter();
  const panel = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = panel.current;
    if (!dialog) return;
    const leave = () => {
      router.replace(closeHref, { scroll: false });
      document.querySelector<HTMLElement>(`[data-row-id="${CSS.escape(customerId)}"] a.name`)?.focus();
    };
    const click = (event: MouseEvent) => {
      const isLeaving = event.target instanceof Element && event.target.closest("[data-close]") !== null;
      const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
      if (event.target !== dialog && !(isLeaving && isPlain)) return;
      event.preventDefault();
      dialog.close();
    };
    // Open already, so that it is seen before any script runs: only a closed one can become modal.
    dialog.removeAttribute("open");
    dialog.showModal();
    dialog.addEventListener("close", leave);
    dialog.addEventListener("click", click);
    return () => {
      dialog.removeEventListener("close", leave);
      dialog.removeEventListener("click", click);
      dialog.close();
    };
  }, [router, closeHref, customerId]);
  useEffect(() => panel.current?.querySelector<HTMLElement>(`[data-first="${step}"]`)?.focus(), [step]);
  return (
    <dialog ref={panel} open className="contact-panel" aria-labelledby={labelledBy}>
      {children}
    </dialog>
  );
}
