import type { ReactNode } from "react";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";

type Subject = { id: string; name: string };

/** The head of a page that ends something at one customer, with the way back to it. */
export async function CustomerFrame({
  customer: { id, name },
  title,
  heading,
  lead,
  lang,
  children,
}: {
  customer: Subject;
  title: string;
  heading: string;
  lead: string;
  lang: Language;
  children: ReactNode;
}) {
  const [t, common] = await Promise.all([getT(lang, "accounts"), getT(lang, "common")]);
  return (
    <>
      <PageHeader
        above={
          <Breadcrumb
            label={common("breadcrumb")}
            items={[
              { label: t("customers"), href: `/${lang}/customers` },
              { label: name, href: `/${lang}/customers/${id}` },
              { label: title },
            ]}
          />
        }
        title={<bdi>{heading}</bdi>}
        lead={lead}
      />
      {children}
    </>
  );
}

/** In place of the page's forms where nothing can be done: why, and the way back. */
export async function NothingToDo({
  customerId,
  title,
  reason,
  lang,
}: {
  customerId: string;
  title: string;
  reason: string;
  lang: Language;
}) {
  const t = await getT(lang, "accounts");
  return (
    <EmptyState
      title={title}
      reason={reason}
      action={<LinkButton href={`/${lang}/customers/${customerId}`}>{t("back")}</LinkButton>}
    />
  );
}
