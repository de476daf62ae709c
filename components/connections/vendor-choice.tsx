import Link from "next/link";
import { ArrowRightIcon } from "#components/ui/icons.tsx";
import { Section } from "#components/ui/section.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { VendorId } from "#server/connections/schema.ts";
import { vendorOf } from "#components/customers/vendors.ts";

/** The vendors that the actor may connect, each with what it takes; choosing is a link, so that it has an address. */
export async function VendorChoice({ offered, lang }: { offered: readonly VendorId[]; lang: Language }) {
  const t = await getT(lang, "connections");
  return (
    <Section id="vendors" title={t("create.vendorTitle")} flush>
      <ul className="divide-y divide-line">
        {offered.map(async (vendor) => (
          <li key={vendor}>
            <Link
              href={`/${lang}/connections/new?vendor=${vendor}`}
              prefetch={false}
              className="flex items-center gap-4 px-4 py-3.5 transition-colors hover:bg-sunken focus-visible:outline-offset-[-2px] sm:px-5"
            >
              <span className="min-w-0 flex-1">
                <span className="block font-medium">{vendorOf(vendor).name}</span>
                <span className="block text-ink-soft">{t(`create.${vendor}`)}</span>
              </span>
              <ArrowRightIcon className="size-4 shrink-0 text-ink-soft" />
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}
