import Link from "next/link";
import type { ReactNode } from "react";
import { countryName, formatList } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { Proposal } from "#server/vendor-accounts/schema.ts";

/** A customer that an account may belong to: its name, how likely and why, and what can be done. */
export async function ProposalLine({
  proposal,
  lang,
  children,
}: {
  proposal: Proposal;
  lang: Language;
  children?: ReactNode;
}) {
  const t = await getT(lang, "vendor-accounts");
  const about = [proposal.domain, proposal.country && countryName(lang, proposal.country)].filter(
    (part) => part !== null && part !== "",
  );
  const why = proposal.reasons.map((reason) => t(`reason.${reason}`));
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1.5">
      <div className="min-w-0 flex-1 basis-56">
        <Link
          href={`/${lang}/customers/${proposal.id}`}
          prefetch={false}
          className="font-medium break-words underline-offset-2 hover:underline"
        >
          {proposal.name}
        </Link>
        {about.length > 0 && <span className="text-ink-soft"> · {about.join(" · ")}</span>}
        <p className="text-caption text-ink-soft">
          {why.length > 0
            ? t("score", { score: proposal.score, why: formatList(lang, why) })
            : t("scoreNone")}
        </p>
      </div>
      {children}
    </div>
  );
}
