import { Badge, type Tone } from "#components/ui/badge.tsx";
import {
  AlertIcon,
  ClockIcon,
  DashCircleIcon,
  LockIcon,
  SyncIcon,
  TickCircleIcon,
  TriangleIcon,
} from "#components/ui/icons.tsx";
import { formatAge, formatAgo, formatDateTime } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { ConnectionRow, HealthState } from "#server/connections/schema.ts";

/** Each state has its own shape, so that colour is never alone. */
const looks: Record<HealthState, { Icon: typeof ClockIcon; tone: Tone }> = {
  healthy: { Icon: TickCircleIcon, tone: "positive" },
  neverRead: { Icon: ClockIcon, tone: "pending" },
  testing: { Icon: SyncIcon, tone: "pending" },
  overdue: { Icon: ClockIcon, tone: "warning" },
  circuitOpen: { Icon: TriangleIcon, tone: "warning" },
  failing: { Icon: AlertIcon, tone: "danger" },
  credentialsRefused: { Icon: LockIcon, tone: "danger" },
  disabled: { Icon: DashCircleIcon, tone: "disabled" },
};

type Props = { health: ConnectionRow["health"]; lang: Language; timeZone: string; now: Date };

/** The state in a word with its shape, and since or until when it holds. */
export async function HealthBadge({ health, lang, timeZone, now }: Props) {
  const t = await getT(lang, "connections");
  const { Icon, tone } = looks[health.state];
  const at = health.at === null ? undefined : new Date(health.at);
  const exact = at && formatDateTime(lang, timeZone, at);
  const text =
    at === undefined
      ? undefined
      : health.state === "circuitOpen"
        ? t("until", { when: exact })
        : health.state === "overdue"
          ? t("due", { when: formatAgo(lang, at, now) })
          : t("since", { age: formatAge(lang, at, now) });
  return (
    <span data-health={health.state} className="inline-flex flex-wrap items-center gap-x-2 gap-y-0.5">
      <Badge tone={tone} icon={<Icon className="size-3.5" />}>
        {t(`state.${health.state}`)}
      </Badge>
      {at && (
        <time dateTime={at.toISOString()} title={exact} className="text-caption text-ink-soft">
          {text}
        </time>
      )}
    </span>
  );
}
