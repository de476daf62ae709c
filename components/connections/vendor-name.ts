import { vendorOf } from "#components/customers/vendors.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";

/** A product's name is its vendor's; what sends by itself has a word of ours. */
export async function vendorName(lang: Language, vendor: string): Promise<string> {
  return vendor === "push" ? (await getT(lang, "connections"))("vendor.push") : vendorOf(vendor).name;
}
