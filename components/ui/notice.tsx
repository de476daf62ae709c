import type { ReactNode } from "react";
import { type Tone, tones } from "./badge.tsx";
import { AlertIcon, CheckIcon, InfoIcon, TriangleIcon } from "./icons.tsx";

const shapes = { danger: AlertIcon, warning: TriangleIcon, positive: CheckIcon, accent: InfoIcon };

/** Something to know before going on. `danger` is announced at once, the others when the reader gets there. */
export function Notice({
  tone = "accent",
  title,
  supportId,
  children,
  action,
  id,
}: {
  tone?: keyof typeof shapes & Tone;
  title: string;
  supportId?: { label: string; value: string } | undefined;
  children?: ReactNode;
  action?: ReactNode;
  id?: string;
}) {
  const Shape = shapes[tone];
  return (
    <div
      id={id}
      role={tone === "danger" ? "alert" : "note"}
      className={`flex gap-3 rounded-md p-3 ${tones[tone]}`}
    >
      <Shape className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0 flex-1">
        <p className="font-semibold">{title}</p>
        {children !== undefined && <div className="mt-1 text-ink">{children}</div>}
        {supportId && (
          <p className="mt-1 text-caption text-ink-soft">
            {supportId.label} <code className="select-all">{supportId.value}</code>
          </p>
        )}
        {action !== undefined && <div className="mt-3">{action}</div>}
      </div>
    </div>
  );
}
