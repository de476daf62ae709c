import type { FigureId } from "#components/figures/registry.ts";
import { Badge, type Tone } from "#components/ui/badge.tsx";
import { AlertIcon, CheckIcon, PlusIcon, SyncIcon } from "#components/ui/icons.tsx";
import type { Outcome } from "#server/imports/schema.ts";

export const outcomeLooks: Record<Outcome, { tone: Tone; icon: typeof AlertIcon; text: string }> = {
  new: { tone: "accent", icon: PlusIcon, text: "text-accent" },
  changed: { tone: "pending", icon: SyncIcon, text: "text-pending" },
  unchanged: { tone: "neutral", icon: CheckIcon, text: "text-ink-soft" },
  rejected: { tone: "danger", icon: AlertIcon, text: "text-danger" },
};

/** What counts the rows of each outcome. */
export const outcomeFigures: Record<Outcome, FigureId> = {
  new: "importNew",
  changed: "importChanged",
  unchanged: "importUnchanged",
  rejected: "importRejected",
};

export function OutcomeBadge({ outcome, label }: { outcome: Outcome; label: string }) {
  const { tone, icon: Icon } = outcomeLooks[outcome];
  return (
    <Badge tone={tone} icon={<Icon className="size-3.5" />} plain>
      {label}
    </Badge>
  );
}
