import { Badge, type Tone } from "#components/ui/badge.tsx";
import { ClockIcon, DashCircleIcon, LockIcon, TickCircleIcon, TriangleIcon } from "#components/ui/icons.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { Status } from "#server/customers/schema.ts";

/** Each status has its own shape, so that colour is never alone. */
const shapes: Record<Status, { Icon: typeof ClockIcon; tone: Tone; text: string }> = {
  synced: { Icon: TickCircleIcon, tone: "positive", text: "text-positive" },
  warning: { Icon: TriangleIcon, tone: "warning", text: "text-warning" },
  sync_pending: { Icon: ClockIcon, tone: "pending", text: "text-pending" },
  access_disabled: { Icon: LockIcon, tone: "disabled", text: "text-disabled" },
  not_applicable: { Icon: DashCircleIcon, tone: "neutral", text: "text-ink-soft" },
};

export async function StatusBadge({
  status,
  lang,
  plain = false,
}: {
  status: Status;
  lang: Language;
  plain?: boolean;
}) {
  const t = await getT(lang, "status");
  const { Icon, tone } = shapes[status];
  return (
    <span data-status={status}>
      <Badge tone={tone} icon={<Icon />} plain={plain}>
        {t(`word.${status}`)}
      </Badge>
    </span>
  );
}
