import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { Contact } from "#server/contacts/schema.ts";

export const contactName = ({ firstName, lastName, email, phone }: Contact): string =>
  `${firstName} ${lastName}`.trim() || email || phone;

/** Who is to be reached: role, e-mail, telephone; each a link to what it is for. */
export async function ContactList({ contacts, lang }: { contacts: readonly Contact[]; lang: Language }) {
  const t = await getT(lang, "customer");
  return (
    <ul className="divide-y divide-line">
      {contacts.map((contact) => (
        <li key={contact.id} data-row-id={contact.id} className="px-4 py-3 sm:px-5">
          <p className="flex flex-wrap items-baseline justify-between gap-x-3">
            <bdi className="font-medium">{contactName(contact)}</bdi>
            <span className="text-caption text-ink-soft">{t(`contacts.role.${contact.role}`)}</span>
          </p>
          <p className="flex flex-wrap gap-x-4">
            {contact.email !== "" && (
              <a
                href={`mailto:${encodeURIComponent(contact.email).replaceAll("%40", "@")}`}
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
  );
}
