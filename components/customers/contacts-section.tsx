import { EmptyState } from "#components/ui/empty-state.tsx";
import { Section } from "#components/ui/section.tsx";
import { getT } from "#locales/server.ts";
import type { CustomerView } from "./customer-view.ts";

export async function ContactsSection({ view: { details, lang } }: { view: CustomerView }) {
  const t = await getT(lang, "customer");
  const { contacts } = details;
  return (
    <Section
      id="contacts"
      title={t("contacts.title")}
      flush
      data-section="contacts"
      data-state={contacts.length === 0 ? "empty" : "full"}
    >
      {contacts.length === 0 ? (
        <EmptyState level={3} title={t("contacts.empty")} reason={t("contacts.emptyWhy")} />
      ) : (
        <ul className="divide-y divide-line">
          {contacts.map((contact) => (
            <li key={contact.id} data-row-id={contact.id} className="px-4 py-3 sm:px-5">
              <p className="flex flex-wrap items-baseline justify-between gap-x-3">
                <bdi className="font-medium">{contact.name || contact.email || contact.phone}</bdi>
                <span className="text-caption text-ink-soft">{t(`contacts.role.${contact.role}`)}</span>
              </p>
              <p className="flex flex-wrap gap-x-4">
                {contact.email !== "" && (
                  <a
                    href={`mailto:${contact.email}`}
                    className="min-h-6 text-accent underline-offset-2 hover:underline"
                  >
                    {contact.email}
                  </a>
                )}
                {contact.phone !== "" && (
                  <a
                    href={`tel:${contact.phone.replaceAll(/[^+\d]/g, "")}`}
                    className="min-h-6 text-accent underline-offset-2 hover:underline"
                  >
                    {contact.phone}
                  </a>
                )}
              </p>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
