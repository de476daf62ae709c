// Opening a monthly account: the one documented way to make a tenant, and finding one whose answer was lost.
import type { z } from "zod";
import { parseAs } from "#server/sync/connectors/lenient.ts";
import type { AccountIdentity, AccountToOpen } from "#server/sync/snapshot.ts";
import type { SophosClient } from "./client.ts";
import { identityOf } from "./map.ts";
import { Tenant } from "./shapes.ts";

const PATH = "/partner/v1/tenants";
type Identity = z.input<typeof AccountIdentity>;

export async function openTenant(client: SophosClient, account: AccountToOpen): Promise<Identity> {
  const { contact, address } = account;
  const body = {
    name: account.name,
    dataRegion: account.region,
    billingType: "usage",
    contact: {
      ...contact,
      address: {
        address1: address.street,
        city: address.city,
        postalCode: address.postalCode,
        countryCode: account.country,
      },
    },
  };
  return identityOf(parseAs(Tenant, await client.partnerPost(await client.whoami(), PATH, body), PATH));
}

/** Tenants of a list that look like this account: same name, contact and monthly billing. */
export function likelyOpened(tenants: readonly unknown[], { name, contact }: AccountToOpen): Identity[] {
  return tenants.flatMap((item) => {
    const tenant = Tenant.safeParse(item).data;
    const isLike =
      tenant?.billingType === "usage" &&
      tenant.name.trim() === name &&
      tenant.contact?.email.toLowerCase() === contact.email.toLowerCase();
    return isLike ? [identityOf(tenant)] : [];
  });
}
