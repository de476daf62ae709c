// The two partners of the demo and the credentials that the emulator accepts.
import { uuid } from "#emulators/random.ts";

export type PartnerKey = "alpina" | "lagune";
export type Partner = {
  key: PartnerKey;
  id: string;
  name: string;
  clientId: string;
  clientSecret: string;
  tenantCount: number;
};

export const sophosPartners: Record<PartnerKey, Partner> = {
  alpina: {
    key: "alpina",
    id: uuid("partner", "alpina"),
    name: "Alpina Digital",
    clientId: uuid("client", "alpina"),
    clientSecret: "demo-sophos-alpina-3f7c19a2b8",
    tenantCount: 1_960,
  },
  lagune: {
    key: "lagune",
    id: uuid("partner", "lagune"),
    name: "Lagune Services",
    clientId: uuid("client", "lagune"),
    clientSecret: "demo-sophos-lagune-9d40e6c571",
    tenantCount: 40,
  },
};
