import { Badge, type Tone } from "#components/ui/badge.tsx";
import {
  AlertIcon,
  CheckIcon,
  ClockIcon,
  DashCircleIcon,
  MinusIcon,
  SyncIcon,
} from "#components/ui/icons.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { BulkState, RowOutcome } from "#server/bulk/schema.ts";

type Look = { tone: Tone; icon: typeof AlertIcon };
const states: Record<BulkState, Look> = {
  draft: { tone: "neutral", icon: ClockIcon },
  queued: { tone: "pending", icon: ClockIcon },
  running: { tone: "pending", icon: SyncIcon },
  finished: { tone: "positive", icon: CheckIcon },
  cancelled: { tone: "disabled", icon: DashCircleIcon },
  failed: { tone: "danger", icon: AlertIcon },
};
const outcomes: Record<RowOutcome | "open", Look> = {
  changed: { tone: "positive", icon: CheckIcon },
  unchanged: { tone: "neutral", icon: MinusIcon },
  refused: { tone: "warning", icon: DashCircleIcon },
  failed: { tone: "danger", icon: AlertIcon },
  open: { tone: "disabled", icon: ClockIcon },
};

/** How far a job is. */
export async function StateBadge({ state, lang }: { state: BulkState; lang: Language }) {
  const t = await getT(lang, "bulk");
  const { tone, icon: Icon } = states[state];
  return (
    <Badge tone={tone} icon={<Icon className="size-3.5" />}>
      {t(`state.${state}`)}
    </Badge>
  );
}

/** What became of one customer. */
export async function OutcomeBadge({ outcome, lang }: { outcome: RowOutcome | null; lang: Language }) {
  const t = await getT(lang, "bulk");
  const { tone, icon: Icon } = outcomes[outcome ?? "open"];
  return (
    <Badge tone={tone} icon={<Icon className="size-3.5" />} plain>
      {t(`outcome.${outcome ?? "open"}`)}
    </Badge>
  );
}
