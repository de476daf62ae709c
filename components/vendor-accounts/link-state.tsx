import { Badge } from "#components/ui/badge.tsx";
import { CheckIcon, ClockIcon, MinusIcon } from "#components/ui/icons.tsx";
import { formatDay } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { AccountRow } from "#server/vendor-accounts/schema.ts";

const looks = {
  linked: { tone: "positive", icon: CheckIcon },
  unlink_scheduled: { tone: "warning", icon: ClockIcon },
  not_linked: { tone: "neutral", icon: MinusIcon },
} as const;

/** Linked, to be unlinked on a day, or not linked: a word with its shape. */
export async function LinkState({
  account,
  lang,
}: {
  account: Pick<AccountRow, "linkState" | "unlinkOn" | "customer">;
  lang: Language;
}) {
  const t = await getT(lang, "vendor-accounts");
  const state = account.customer === null ? "not_linked" : account.linkState;
  const { tone, icon: Icon } = looks[state];
  return (
    <Badge tone={tone} icon={<Icon className="size-3.5" />}>
      {t(`linkState.${state}`, { day: account.unlinkOn ? formatDay(lang, account.unlinkOn) : "" })}
    </Badge>
  );
}
