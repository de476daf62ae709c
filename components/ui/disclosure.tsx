import type { ReactNode } from "react";
import { ChevronRightIcon } from "./icons.tsx";

/** More, when asked for; printed open. */
export function Disclosure({
  summary,
  open = false,
  children,
}: {
  summary: ReactNode;
  open?: boolean;
  children: ReactNode;
}) {
  return (
    <details open={open} className="group">
      <summary className="flex min-h-9 list-none items-center gap-1.5 rounded-sm font-medium hover:text-accent">
        <ChevronRightIcon className="size-4 shrink-0 text-ink-soft transition-transform group-open:rotate-90" />
        {summary}
      </summary>
      <div className="pt-1 pb-2 pl-5.5">{children}</div>
    </details>
  );
}
