// The columns of a list of customers: which field each fills, and how its cells are read or refused.
import { domainToASCII } from "node:url";
import { type CsvRecord, unescapeFormula } from "#server/csv/rules.ts";
import { type Column, type Field, fields, type Reason, type Rejected } from "#server/imports/schema.ts";
import { cleanName, MOST_CHARACTERS } from "#server/names/rules.ts";
import { limits } from "#server/records/schema.ts";

export const MOST_COLUMNS = 200;
export type Values = Partial<Record<Field, string>>;
/** A sound row: its values are normalised, empty cells are left out. */
export type CleanRow = { line: number; cells: string[]; values: Values & { name: string } };

export const reason = (
  code: Reason["code"],
  field: Field | null = null,
  values: Reason["values"] = {},
): Reason => ({ code, field, values });

/** Lower case, no accents, letters and digits only: for headers and names of countries, not for names of customers. */
const key = (text: string) =>
  text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");

/** Headers as lists in English, Italian and French have them, best first; written as `key` leaves them. */
const headers: Record<Field, string> = {
  name: "name customername customer company companyname account accountname organisation organization security legalname businessname nome cliente nomecliente azienda nomeazienda ragionesociale societa denominazione nom client nomduclient nomclient entreprise societe raisonsociale organisme",
  nameShown:
    "nameshownas nameshown displayname shownas alias nomevisualizzatocome nomevisualizzato nomaffiche",
  externalId:
    "externalid customerid accountid customernumber customerno customercode accountnumber number code id ref reference symbol ticker idesterno idcliente codicecliente codice numerocliente riferimento simbolo idexterne idclient codeclient numeroclient numero symbole",
  domain:
    "domain domainname website web url site dominio sitoweb sito domaine nomdedomaine siteweb siteinternet",
  country: "country countrycode countryregion nation paese nazione codicepaese pays codepays",
  region: "region state province county regione provincia departement",
  language: "language lang preferredlanguage lingua langue",
  accountManager:
    "accountmanager manager owner accountowner salesperson responsabile commerciale referentecommerciale gestionnaire gestionnairedecompte commercial chargedecompte",
  tags: "tags tag labels label etichette etichetta etiquettes etiquette motscles",
  since:
    "since customersince clientsince startdate clientedal dal datainizio clientdepuis depuis datededebut",
  notes:
    "notes note comments comment remarks description annotazioni commenti commento osservazioni remarques commentaires commentaire",
  contactFirstName: "contactfirstname firstname givenname nomecontatto nomereferente prenom prenomducontact",
  contactLastName:
    "contactlastname lastname surname familyname cognome cognomecontatto cognomereferente nomdefamille nomducontact nomcontact",
  contactEmail:
    "contactemail email emailaddress mail contactmail emailcontatto postaelettronica indirizzoemail courriel adresseemail adressemail emailducontact",
  contactPhone:
    "contactphone phone phonenumber telephone tel mobile telefono cellulare telefonocontatto portable telephoneducontact",
  street: "street address streetaddress address1 addressline1 via indirizzo rue adresse adresse1",
  postalCode: "postalcode postcode zip zipcode cap codicepostale codepostal cp",
  city: "city town headquarters headquarterslocation headquarter citta comune sede localita ville commune siege",
};

/** The field each header most likely means; a field is proposed once, for the header that says it best. */
export function proposeMapping(header: readonly string[]): Column[] {
  const proposed = new Map<number, Field>();
  for (const { id } of fields) {
    const words = headers[id].split(" ");
    const ranked = header
      .map((text, index) => ({ index, rank: words.indexOf(key(text)) }))
      .filter(({ index, rank }) => rank >= 0 && !proposed.has(index))
      .sort((a, b) => a.rank - b.rank);
    if (ranked[0]) proposed.set(ranked[0].index, id);
  }
  return header.map((text, index) => ({ header: storable(text.trim()), field: proposed.get(index) ?? null }));
}

/** The headers of a list in an order of their own, by which lists with the same ones are known. */
export const sortedHeaders = (columns: readonly Column[]): string[] =>
  columns.map(({ header }) => header).toSorted();

/** The columns with the fields that columns of these headers had before; of repeated headers the first is the first. */
export function mapAsBefore(columns: readonly Column[], before: readonly Column[]): Column[] {
  const left = [...before];
  return columns.map(({ header, field }) => {
    const at = left.findIndex((column) => column.header === header);
    const [known] = at < 0 ? [] : left.splice(at, 1);
    return { header, field: known ? known.field : field };
  });
}

/** PostgreSQL takes neither NUL nor lone surrogates; a rejected row is kept with U+FFFD in their place. */
export const storable = (text: string): string => text.replaceAll("\0", "\ufffd").toWellFormed();

/** Control characters other than white space, what could not be decoded, halves of a character. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const unreadable = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\ufffd]/;

/** One record against the mapping: a sound row, or every reason why it is not. */
export function readRow(record: CsvRecord, columns: readonly Column[]): CleanRow | Rejected {
  const { line, cells } = record;
  const refuse = (reasons: Reason[]): Rejected => ({ line, reasons, cells: cells.map(storable) });
  if (record.isDamaged) return refuse([reason("quotes")]);
  const isSurplus = cells.slice(columns.length).some((cell) => cell.trim() !== "");
  if (cells.length < columns.length || isSurplus)
    return refuse([reason("columnCount", null, { found: cells.length, expected: columns.length })]);
  const values: Values = {};
  const reasons: Reason[] = [];
  for (const [index, { field }] of columns.entries()) {
    if (field === null) continue;
    const cell = unescapeFormula(cells[index] ?? "");
    const text =
      field === "notes" ? cell.normalize("NFC").trim() : cell.normalize("NFC").replace(/\s+/gu, " ").trim();
    if (text === "") continue;
    const most = fields.find(({ id }) => id === field)?.most ?? Infinity;
    const read =
      unreadable.test(text) || !text.isWellFormed()
        ? reason("characters", field)
        : text.length > most
          ? reason("tooLong", field, { most })
          : (readers[field]?.(text) ?? text);
    if (typeof read === "string") values[field] = read;
    else reasons.push(read);
  }
  const { name } = values;
  if (name === undefined && !reasons.some(({ field }) => field === "name"))
    reasons.unshift(reason("nameMissing", "name"));
  return name === undefined || reasons.length > 0
    ? refuse(reasons)
    : { line, cells, values: { ...values, name } };
}

export const isRejected = (row: CleanRow | Rejected): row is Rejected => "reasons" in row;

/** Fields that are more than text: the normalised value, or what is wrong with it. */
const readers: Partial<Record<Field, (text: string) => string | Reason>> = {
  // A name of nothing but marks and invisible characters is none.
  name: (text) => (/[\p{L}\p{N}\p{P}\p{S}]/u.test(text) ? text : reason("nameMissing", "name")),
  nameShown: (text) => {
    const cleaned = cleanName(text);
    if ("name" in cleaned) return cleaned.name;
    return cleaned.fault === "required"
      ? reason("unseen", "nameShown")
      : reason("tooLong", "nameShown", { most: MOST_CHARACTERS });
  },
  domain: (text) => {
    const host = domainToASCII(
      text
        .toLowerCase()
        .replace(/^[a-z]+:\/\//, "")
        .replace(/^www\./, "")
        .replace(/[/?#].*$/, "")
        .replace(/(:\d+)?\.?$/, ""),
    );
    return /^(?=.{4,253}$)([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)+(xn--[a-z0-9-]{2,59}|[a-z]{2,63})$/.test(
      host,
    )
      ? host
      : reason("domain", "domain", { value: text });
  },
  country: (text) => countries().get(key(text)) ?? reason("country", "country", { value: text }),
  language: (text) =>
    languageNames[key(text).slice(0, 20)] ?? reason("language", "language", { value: text }),
  contactEmail: (text) =>
    /^[^\s@"(),:;<>[\\\]]{1,64}@[^\s@"(),:;<>[\\\]]+\.[^\s@."(),:;<>[\\\]]{2,}$/u.test(text)
      ? text
      : reason("email", "contactEmail", { value: text }),
  since: (text) => readDay(text) ?? reason("date", "since", { value: text }),
  tags: (text) => {
    const tags = [
      ...new Set(
        text
          .split(/[;,|]/)
          .map((tag) => tag.trim())
          .filter((tag) => tag !== ""),
      ),
    ];
    return tags.length > limits.tags || tags.some((tag) => tag.length > limits.tag)
      ? reason("tags", "tags", { tags: limits.tags, most: limits.tag })
      : tags.join("; ");
  },
};

const languageNames: Record<string, string> = {
  en: "en",
  eng: "en",
  engb: "en",
  enus: "en",
  english: "en",
  inglese: "en",
  anglais: "en",
  it: "it",
  ita: "it",
  itit: "it",
  italian: "it",
  italiano: "it",
  italien: "it",
  fr: "fr",
  fra: "fr",
  frfr: "fr",
  frbe: "fr",
  frch: "fr",
  french: "fr",
  francese: "fr",
  francais: "fr",
};

let countryNames: Map<string, string> | undefined;
/** ISO 3166 codes by code and by name in the three languages, long and short. */
function countries(): Map<string, string> {
  if (countryNames) return countryNames;
  countryNames = new Map([
    ["unitedstatesofamerica", "US"],
    ["usa", "US"],
    ["greatbritain", "GB"],
    ["england", "GB"],
    ["holland", "NL"],
  ]);
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  const names = ["en", "it", "fr"].flatMap((locale) =>
    (["long", "short"] as const).map(
      (style) => new Intl.DisplayNames(locale, { type: "region", style, fallback: "none" }),
    ),
  );
  const noCountries = new Set(["EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"]);
  for (const code of letters.flatMap((first) => letters.map((second) => first + second))) {
    // A code that was replaced (FX, DD) is named like its successor.
    const isCurrent = new Intl.Locale(`und-${code}`).region === code && !noCountries.has(code);
    const known = isCurrent ? names.flatMap((name) => name.of(code) ?? []) : [];
    for (const name of known.length > 0 ? [code, ...known] : []) countryNames.set(key(name), code);
  }
  return countryNames.set("uk", "GB");
}

/** 2021-11-30, 30/11/2021, 30.11.2021 or 30-11-2021: in the three languages the day comes first. */
function readDay(text: string): string | undefined {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ][\d:.]+Z?)?$/.exec(text);
  const local = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text);
  const [year, month, day] = iso ? [iso[1], iso[2], iso[3]] : local ? [local[3], local[2], local[1]] : [];
  if (!year || !month || !day || Number(year) < 1800 || Number(year) > 2200) return undefined;
  const on = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const instant = new Date(`${on}T00:00:00Z`);
  return Number.isNaN(instant.getTime()) || instant.toISOString().slice(0, 10) !== on ? undefined : on;
}

/** ISO 3166 codes of today's countries, in order. */
export const countryCodes = (): string[] => [...new Set(countries().values())].sort();
