import type { ReactNode } from "react";

export const tones = {
  positive: "text-positive bg-positive-soft",
  warning: "text-warning bg-warning-soft",
  pending: "text-pending bg-pending-soft",
  disabled: "text-disabled bg-disabled-soft",
  danger: "text-danger bg-danger-soft",
  accent: "text-accent bg-accent-soft",
  neutral: "text-ink-soft bg-sunken",
};
export type Tone = keyof typeof tones;

/** A word with its shape; `plain` leaves the ground away, for dense tables. */
export function Badge({
  tone = "neutral",
  icon,
  plain = false,
  children,
}: {
  tone?: Tone;
  icon?: ReactNode;
  plain?: boolean;
  children: ReactNode;
}) {
  const [text, ground] = tones[tone].split(" ");
  return (
    <span
      className={`inline-flex items-center gap-1.5 font-medium whitespace-nowrap ${text} ${plain ? "" : `${ground} rounded-full px-2 py-0.5 text-caption`}`}
    >
      {icon}
      {children}
    </span>
  );
}
