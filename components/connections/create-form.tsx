import Link from "next/link";
import { Button } from "#components/ui/button.tsx";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import { Section } from "#components/ui/section.tsx";
import { getT } from "#locales/server.ts";
import { type VendorId, vendors } from "#server/connections/schema.ts";
import { CredentialFields, type Entered, LimitFields, NameField, SettingFields } from "./fields.tsx";
import { vendorOf } from "#components/customers/vendors.ts";

/** The last step: name, credentials, addresses and limits; what was refused comes back with what was typed. */
export async function CreateForm({
  vendor,
  customer,
  action,
  isOwn,
  needsProof,
  entered,
}: {
  vendor: VendorId;
  /** null: the partner's own. */
  customer: { id: string; name: string } | null;
  action: string;
  isOwn: boolean;
  /** The person will be asked who they are before it is stored. */
  needsProof: boolean;
  entered: Entered;
}) {
  const { lang } = entered;
  const t = await getT(lang, "connections");
  const { hasCredentials, limits, owner } = vendors[vendor];
  const name = vendorOf(vendor).name;
  const page = `/${lang}/connections/new`;
  const change = (href: string) => (
    <Link href={href} prefetch={false} className="ml-3 text-caption underline underline-offset-2">
      {t("create.change")}
    </Link>
  );
  const fault = entered.faults["customerId"] ?? entered.faults["vendor"];
  return (
    <Section id="fields" title={t(hasCredentials ? "create.fieldsTitle" : "create.fieldsTitlePush")}>
      <div className="mb-5">
        <DefinitionList
          items={[
            {
              term: t("create.vendorLabel"),
              value: (
                <>
                  {name}
                  {!isOwn && change(page)}
                </>
              ),
            },
            {
              term: t("create.for"),
              value: (
                <>
                  <bdi>{customer?.name ?? t("create.forPartner")}</bdi>
                  {!isOwn && owner !== "partner" && change(`${page}?vendor=${vendor}`)}
                  {fault && <span className="block text-danger">{t(`wrong.${fault}`)}</span>}
                </>
              ),
            },
          ]}
        />
      </div>
      <form method="post" action={action} className="flex max-w-2xl flex-col gap-5">
        <input type="hidden" name="vendor" value={vendor} />
        <input type="hidden" name="customerId" value={customer?.id ?? ""} />
        <NameField {...entered} values={{ ...(!entered.faults["name"] && { name }), ...entered.values }} />
        {hasCredentials && (
          <>
            <CredentialFields {...entered} />
            <SettingFields {...entered} vendor={vendor} />
            <LimitFields {...entered} limits={limits} />
          </>
        )}
        <p className="max-w-prose text-ink-soft">
          {t(hasCredentials ? "create.then" : "create.thenPush")} {needsProof && t("create.proof")}
        </p>
        <div>
          <Button type="submit" variant="primary">
            {t(hasCredentials ? "create.submit" : "create.submitPush")}
          </Button>
        </div>
      </form>
    </Section>
  );
}
