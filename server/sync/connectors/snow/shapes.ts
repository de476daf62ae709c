// What Snow Atlas sends: tokens, pages, computers, applications with their usage and compliance, SaaS and organisations.
import { z } from "zod";
import { amount, list, number, text } from "#server/sync/connectors/lenient.ts";

const flag = z.boolean().nullish();
const id = z.string().min(1).max(200);

export const Token = z.object({
  access_token: z.string().min(1),
  expires_in: number.nullish(),
  id_token: z.string().nullish(),
});

/** Claims of the identity token; all others are internal to the vendor. */
export const Claims = z.object({ tenant: text, tenant_name: text, region: text });

export const Page = z.object({
  items: z.array(z.unknown()),
  pagination: z.object({ page_size: number.nullish(), total_pages: number.nullish() }).nullish(),
});

export const Computer = z.object({
  id,
  hostName: text,
  manufacturer: text,
  model: text,
  operatingSystem: text,
  isServer: flag,
  lastScanDate: text,
  status: text,
});
export type Computer = z.infer<typeof Computer>;

export const ComputerApplication = z.object({ computerId: id, applicationId: id, isInstalled: flag });

export const UsageSummary = z.object({ applicationId: id, computers: number.nullish() });

export const RegistryApplication = z.object({
  id,
  name: text,
  manufacturer: text,
  isNoLicenseRequired: flag,
  isHidden: flag,
});
export type RegistryApplication = z.infer<typeof RegistryApplication>;

export const Compliance = z.object({
  availableLicenses: number.nullish(),
  licensesPurchased: number.nullish(),
  licenseRequirement: number.nullish(),
});
export type Compliance = z.infer<typeof Compliance>;

export const SaasApplication = z.object({
  id,
  name: text,
  vendor: text,
  categoryName: text,
  totalUniqueUsers: number.nullish(),
  active: number.nullish(),
  purchased: number.nullish(),
  assigned: number.nullish(),
  yearlyCost: amount.nullish(),
  sanctioned: flag,
});
export type SaasApplication = z.infer<typeof SaasApplication>;

export const UsersKpi = z.object({ active: number.nullish(), total: number.nullish() });

export const OrganisationTree = z.object({
  nodes: list(z.object({ id, parentId: text, name: text })),
});
export type OrganisationTree = z.infer<typeof OrganisationTree>;
