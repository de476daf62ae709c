import { createHash } from "node:crypto";
import { headers } from "next/headers";
import type { CustomerList, CustomerListInput } from "#server/customers/schema.ts";
import { type Actor, can } from "#server/permissions.ts";
import type { Language } from "#locales/languages.ts";
import { handOver } from "./handover.ts";
import { sortBaseOf } from "./table-head.ts";
import type { TableProps } from "./table-props.ts";
import { tableMarkup } from "./table-rows.ts";

/** The table for the one who reads it: its HTML goes into the document, or to the script that asked without one. */
export async function tableProps(
  list: CustomerList,
  input: CustomerListInput,
  { lang, actor }: { lang: Language; actor: Actor },
): Promise<TableProps> {
  const may = { pin: can(actor, "customer:pin"), select: true, sync: can(actor, "sync:start") };
  const { timeZone, membershipId } = actor;
  const html = await tableMarkup(list, input, { lang, timeZone, membershipId, may });
  // Only a document is asked for as HTML; a script asks for whatever there is.
  const isDocument = (await headers()).get("accept")?.includes("text/html") ?? false;
  // Named by what is in it: as long as that is the same, a browser that has it leaves it as it is.
  const id = `t${createHash("sha256").update(html).digest("base64url").slice(0, 22)}`;
  if (isDocument) handOver(id, html);
  return {
    id,
    html: isDocument ? undefined : html,
    density: list.layout.density,
    sortBase: sortBaseOf(lang, input),
  };
}
