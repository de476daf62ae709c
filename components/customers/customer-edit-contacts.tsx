import { contactName } from "#components/contact-panel/contact-list.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Disclosure } from "#components/ui/disclosure.tsx";
import { Field } from "#components/ui/field.tsx";
import { HeldValue } from "#components/ui/held-value.tsx";
import { Select, TextInput } from "#components/ui/input.tsx";
import { Section } from "#components/ui/section.tsx";
import type { Language } from "#locales/languages.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import { type Contact, contactRoles } from "#server/contacts/schema.ts";
import type { CustomerRecord } from "#server/records/schema.ts";

type Props = {
  record: CustomerRecord;
  lang: Language;
  membershipId: string;
  /** The refused form's own fields, or nothing. */
  typed: Readonly<Record<string, string>>;
  wrong: string | undefined;
};

/** Contacts to add, change and remove; what a vendor names is put aside and can be shown again. */
export async function CustomerEditContacts({ record, lang, membershipId, typed, wrong }: Props) {
  const t = await getT(lang, "customer");
  const action = `/api/contacts/${record.id}?${new URLSearchParams({ lang, membership: membershipId })}`;
  const shown = record.contacts.filter(({ isHidden }) => !isHidden);
  const hidden = record.contacts.filter(({ isHidden }) => isHidden);
  const isAdding = typed["act"] === "add" && wrong !== undefined;
  return (
    <Section id="contacts" title={t("contacts.title")} flush data-section="contacts">
      {shown.length === 0 && <p className="p-4 text-ink-soft sm:px-5">{t("contacts.emptyWhy")}</p>}
      <ul className="divide-y divide-line">
        {shown.map((contact) => {
          const isMeant = typed["contactId"] === contact.id && wrong !== undefined;
          return (
            <li key={contact.id} data-row-id={contact.id} className="px-4 py-2 sm:px-5">
              <Disclosure
                open={isMeant}
                summary={
                  <span className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-3">
                    <bdi>{contactName(contact)}</bdi>
                    <span className="text-caption font-normal text-ink-soft">
                      {t(`contacts.role.${contact.role}`)}
                    </span>
                    {contact.source === "vendor" && <Badge>{t("contacts.vendors")}</Badge>}
                  </span>
                }
              >
                <ContactForm
                  action={action}
                  lang={lang}
                  contact={contact}
                  typed={isMeant && typed["act"] === "change" ? typed : {}}
                  wrong={isMeant ? wrong : undefined}
                />
                <form method="post" action={action} className="mt-3">
                  <input type="hidden" name="act" value="remove" />
                  <input type="hidden" name="contactId" value={contact.id} />
                  <HeldValue name="version" value={contact.version} />
                  <Button
                    type="submit"
                    size="small"
                    aria-label={`${t("contacts.remove")} ${contactName(contact)}`}
                  >
                    {t("contacts.remove")}
                  </Button>
                  <p className="mt-1 text-caption text-ink-soft">
                    {t(contact.source === "vendor" ? "contacts.removeVendors" : "contacts.removeOwn")}
                  </p>
                </form>
              </Disclosure>
            </li>
          );
        })}
        <li className="px-4 py-2 sm:px-5">
          <Disclosure open={isAdding || shown.length === 0} summary={t("contacts.add")}>
            <ContactForm
              action={action}
              lang={lang}
              typed={isAdding ? typed : {}}
              wrong={isAdding ? wrong : undefined}
            />
          </Disclosure>
        </li>
      </ul>
      {hidden.length > 0 && (
        <div className="border-t border-line px-4 py-3 sm:px-5">
          <h3 className="font-semibold">{t("contacts.hidden")}</h3>
          <p className="text-caption text-ink-soft">{t("contacts.hiddenWhy")}</p>
          <ul className="mt-2 space-y-2">
            {hidden.map((contact) => (
              <li key={contact.id} data-row-id={contact.id}>
                <form method="post" action={action} className="flex flex-wrap items-center gap-3">
                  <input type="hidden" name="act" value="show" />
                  <input type="hidden" name="contactId" value={contact.id} />
                  <HeldValue name="version" value={contact.version} />
                  <bdi>{contactName(contact)}</bdi>
                  <Button
                    type="submit"
                    size="small"
                    aria-label={`${t("contacts.show")} ${contactName(contact)}`}
                  >
                    {t("contacts.show")}
                  </Button>
                </form>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Section>
  );
}

const faultOf: Record<string, string> = { "contact.email": "email", "contact.phone": "phone" };

/** One contact's fields: of a new one, or of one that there is. */
async function ContactForm({
  action,
  lang,
  contact,
  typed,
  wrong,
}: {
  action: string;
  lang: Language;
  contact?: Contact;
  typed: Readonly<Record<string, string>>;
  wrong: string | undefined;
}) {
  const t = await getT(lang, "customer");
  const id = (name: string) => `${contact?.id ?? "new"}-${name}`;
  const isChange = Object.keys(typed).length > 0;
  /** A field that was emptied is not in the address: what was typed counts as a whole. */
  const value = (name: "firstName" | "lastName" | "email" | "phone" | "role") =>
    isChange ? (typed[name] ?? "") : (contact?.[name] ?? "");
  const error = (name: string) =>
    wrong !== undefined && isErrorCode(wrong) && faultOf[wrong] === name
      ? errorText(lang, wrong).message
      : undefined;
  const field = (name: "firstName" | "lastName" | "email" | "phone", type: string, most: number) => (
    <Field id={id(name)} label={t(`contacts.${name}`)} error={error(name)}>
      {(control) => (
        <TextInput
          {...control}
          name={name}
          type={type}
          maxLength={most}
          dir={type === "text" ? "auto" : undefined}
          autoComplete="off"
          defaultValue={value(name)}
        />
      )}
    </Field>
  );
  return (
    <form method="post" action={action} className="grid max-w-2xl gap-4 sm:grid-cols-2">
      <input type="hidden" name="act" value={contact ? "change" : "add"} />
      {contact && (
        <>
          <input type="hidden" name="contactId" value={contact.id} />
          <HeldValue name="version" value={contact.version} />
        </>
      )}
      {field("firstName", "text", 100)}
      {field("lastName", "text", 100)}
      {field("email", "text", 320)}
      {field("phone", "tel", 60)}
      <Field id={id("role")} label={t("contacts.roleLabel")}>
        {(control) => (
          <Select
            {...control}
            name="role"
            defaultValue={value("role") || "other"}
            options={contactRoles.map((role) => ({ value: role, label: t(`contacts.role.${role}`) }))}
          />
        )}
      </Field>
      <div className="flex items-end">
        <Button type="submit" variant={contact ? "secondary" : "primary"}>
          {t(contact ? "edit.save" : "contacts.add")}
        </Button>
      </div>
    </form>
  );
}
