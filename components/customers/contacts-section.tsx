import { ContactList } from "#components/contact-panel/contact-list.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Section } from "#components/ui/section.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { CustomerRecord } from "#server/records/schema.ts";

export async function ContactsSection({ record, lang }: { record: CustomerRecord; lang: Language }) {
  const t = await getT(lang, "customer");
  const contacts = record.contacts.filter(({ isHidden }) => !isHidden);
  return (
    <Section
      id="contacts"
      title={t("contacts.title")}
      flush
      action={
        record.may.contacts && (
          <LinkButton href={`/${lang}/customers/${record.id}/edit#contacts`} size="small">
            {t("contacts.edit")}
          </LinkButton>
        )
      }
      data-section="contacts"
      data-state={contacts.length === 0 ? "empty" : "full"}
    >
      {contacts.length === 0 ? (
        <EmptyState level={3} title={t("contacts.empty")} reason={t("contacts.emptyWhy")} />
      ) : (
        <ContactList contacts={contacts} lang={lang} />
      )}
    </Section>
  );
}
