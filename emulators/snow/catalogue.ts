// Applications that the vendor's registry knows, and how common each is.
import { uuid } from "#emulators/random.ts";

export type Application = {
  id: string;
  name: string;
  manufacturer: string;
  /** Part of the computers, or of the servers, that have it. */
  share: number;
  isForServers: boolean;
  needsLicence: boolean;
  isHidden: boolean;
  /** Licences bought per computer that has it. */
  bought: number;
};

type Row = [
  name: string,
  manufacturer: string,
  share: number,
  bought?: number | null,
  mark?: "server" | "hidden",
];

/** `bought` is null or absent where no licence is needed. */
const rows: readonly Row[] = [
  ["Microsoft 365 Apps for enterprise", "Microsoft", 0.92, 1.05],
  ["Microsoft Visio 2021 Professional", "Microsoft", 0.12, 0.7],
  ["Microsoft Project 2021 Standard", "Microsoft", 0.08, 1],
  ["Microsoft Edge", "Microsoft", 0.97],
  ["Microsoft Teams", "Microsoft", 0.9],
  ["Microsoft .NET Runtime 8", "Microsoft", 0.95, null, "hidden"],
  ["Microsoft SQL Server 2022 Standard", "Microsoft", 0.5, 0.8, "server"],
  ["Microsoft SQL Server 2014 Express", "Microsoft", 0.3, null, "server"],
  ["Adobe Acrobat 2020 Pro", "Adobe", 0.35, 0.8],
  ["Adobe Creative Cloud All Apps", "Adobe", 0.1, 1.2],
  ["Adobe Acrobat Reader DC", "Adobe", 0.8],
  ["Autodesk AutoCAD 2026", "Autodesk", 0.09, 0.5],
  ["Google Chrome", "Google", 0.88],
  ["Mozilla Firefox", "Mozilla", 0.4],
  ["7-Zip 24", "Igor Pavlov", 0.6],
  ["WinRAR 7", "win.rar GmbH", 0.15, 0.2],
  ["VLC media player", "VideoLAN", 0.3],
  ["TeamViewer 15", "TeamViewer Germany", 0.25, 0.4],
  ["AnyDesk", "AnyDesk Software", 0.1, 0],
  ["Oracle Java SE 8", "Oracle", 0.22, 0],
  ["Notepad++", "Don Ho", 0.25],
  ["Zucchetti Ad Hoc Revolution", "Zucchetti", 0.3, 1],
  ["Città Contabilità PRO", "Società Italiana Gestionali", 0.2, 1],
  ["Ciel Compta Évolution", "Sage", 0.12, 0.9],
  ["Éditions du Léman – Navigateur Juridique", "Éditions du Léman", 0.07, 1],
  ["Müller Zeiterfassung für Büros", "Müller Größe GmbH", 0.11, 1],
  ["<b>Etichette</b> & Codici 4", "", 0.05, 1],
  ["Dropbox", "Dropbox", 0.14],
  ["Slack", "Salesforce", 0.18],
  ["Zoom Workplace", "Zoom Communications", 0.33],
  ["Veeam Agent for Microsoft Windows", "Veeam", 0.6, 1, "server"],
  ["PuTTY", "Simon Tatham", 0.08],
];

const applicationId = (name: string): string => uuid("snow-application", name);

export const catalogue: readonly Application[] = rows.map(([name, manufacturer, share, bought, mark]) => ({
  id: applicationId(name),
  name,
  manufacturer,
  share,
  isForServers: mark === "server",
  needsLicence: bought !== undefined && bought !== null,
  isHidden: mark === "hidden",
  bought: bought ?? 0,
}));

/** Only where a system has it (`hasUnwanted`). */
export const unwanted: Application = {
  id: applicationId("uTorrent"),
  name: "uTorrent 3",
  manufacturer: "BitTorrent",
  share: 0.08,
  isForServers: false,
  needsLicence: false,
  isHidden: false,
  bought: 0,
};

/** The registry also knows what nobody has installed. */
const REGISTRY_EXTRAS = 140;

export const registry: readonly object[] = [
  ...Array.from({ length: REGISTRY_EXTRAS }, (_, index) => ({
    id: uuid("snow-registry", index),
    name: `Anyclick AUS ${index + 1}`,
    manufacturer: "UNETsystem",
    isHidden: false,
    needsLicence: true,
  })),
  ...catalogue,
  unwanted,
].map(({ id, name, manufacturer, isHidden, needsLicence }) => ({
  id,
  name,
  manufacturer: manufacturer === "" ? null : manufacturer,
  familyId: uuid("snow-family", manufacturer),
  platform: { id: 1, name: "Windows" },
  isOs: false,
  isBundle: false,
  isWebApplication: null,
  isNoLicenseRequired: !needsLicence,
  isHidden,
  releaseDate: "2021-10-05T00:00:00Z",
  endOfSupportDate: null,
  endOfLifeDate: null,
  metrics: [{ id: uuid("snow-metric", "installations"), name: "Installations", isDefault: true }],
  _links: [{ href: `api/sam/software-registry/v1/applications/${id}`, rel: "self", method: "GET" }],
}));
