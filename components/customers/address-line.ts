import type { CustomerRecord } from "#server/records/schema.ts";

/** Street, postcode and place on one line; empty where none is known. */
export const addressLine = (address: CustomerRecord["address"]): string =>
  address === null
    ? ""
    : [address.street, [address.postalCode, address.city].filter(Boolean).join(" ")]
        .filter(Boolean)
        .join(", ");
