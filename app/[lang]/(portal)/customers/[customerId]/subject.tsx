import type { Metadata } from "next";
import type { ReactNode } from "react";
import { CustomerFrame, NothingToDo } from "#components/accounts/customer-frame.tsx";
import { identifier, languageOf, type Query } from "#components/accounts/page-input.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";
import { requireActor } from "#server/session.ts";

/** The pages that end something at one customer. */
export type Ending = "convert" | "unlink" | "disconnect";
export type EndingProps = {
  params: Promise<{ lang: string; customerId: string }>;
  searchParams: Promise<Query>;
};

export const titleOf =
  (page: Ending) =>
  async ({ params }: EndingProps): Promise<Metadata> => ({
    title: (await getT(languageOf((await params).lang), "accounts"))(`${page}.title`),
  });

/** Whom such a page is about, its frame, and where its forms go; `held` is the whole page where an order says why not. */
export async function readSubject(page: Ending, { params, searchParams }: EndingProps) {
  const { lang: given, customerId: id } = await params;
  const lang = languageOf(given);
  const customerId = identifier(id);
  const query = await searchParams;
  const [actor, t] = await Promise.all([requireActor(), getT(lang, "accounts")]);
  const { name, relationship } = await api.unlinks.subject({ customerId });
  const frame = (children: ReactNode) => (
    <CustomerFrame
      customer={{ id: customerId, name }}
      title={t(`${page}.title`)}
      heading={t(`${page}.of`, { name })}
      lead={t(`${page}.lead`)}
      lang={lang}
    >
      {children}
    </CustomerFrame>
  );
  const nothing = (title: string, reason: string) => (
    <NothingToDo customerId={customerId} title={title} reason={reason} lang={lang} />
  );
  const target = (to: string) => ({ to, membershipId: actor.membershipId, lang });
  const held = relationship === "order_only" ? frame(nothing(t("orderOnly"), t("orderOnlyWhy"))) : null;
  return { lang, customerId, query, t, name, frame, nothing, target, held };
}
