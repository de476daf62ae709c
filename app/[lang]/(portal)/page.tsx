import { redirect } from "next/navigation";
import { isLanguage, languages } from "#locales/languages.ts";
import { requireActor } from "#server/session.ts";

type Props = { params: Promise<{ lang: string }> };

/** Leads to where the work is: the list for partners, their own page for a customer's users. */
export default async function HomePage({ params }: Props) {
  const { lang } = await params;
  const { customerId } = await requireActor();
  redirect(
    `/${isLanguage(lang) ? lang : languages[0]}/customers${customerId === null ? "" : `/${customerId}`}`,
  );
}
