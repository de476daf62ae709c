// Invented organisations of several countries, and the people in them.
import { countries } from "./countries.ts";
import type { Random } from "./random.ts";

export type Place = { country: string; city: string; postalCode: string; street: string };
export type Organisation = { name: string; place: Place };

export function inventOrganisation(source: Random): Organisation {
  let ticket = source.next() * 100;
  let country = countries[0];
  for (const candidate of countries) {
    country = candidate;
    ticket -= candidate.weight;
    if (ticket < 0) break;
  }
  const [city, postalCode] = source.pick(country.cities);
  const street = `${source.pick(country.streets)} ${source.int(1, 140)}`;
  const trade = source.pick(country.trades);
  const surname = source.pick(country.surnames);
  const form = source.pick(country.forms);
  const name = source.chance(0.15)
    ? `${trade} ${surname} ${city} ${form}`
    : source.chance(0.2)
      ? `${surname} & ${source.pick(country.surnames)} ${trade} ${form}`
      : `${trade} ${surname} ${form}`;
  return { name, place: { country: country.code, city, postalCode, street } };
}

/** A label of ASCII letters, digits and hyphens; empty where a name has none. */
export function slug(name: string): string {
  return name
    .normalize("NFKD")
    .replaceAll("ß", "ss")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/['’.]/g, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 50)
    .replaceAll(/-+$/g, "");
}

const firstNames = [
  "Anna",
  "Luca",
  "Giulia",
  "Marco",
  "Élise",
  "Jérôme",
  "Ursula",
  "Jürgen",
  "Chiara",
  "Nicolò",
  "Inès",
  "Beat",
  "Sofia",
  "Matteo",
  "Heidi",
] as const;
const lastNames = [
  "Rossi",
  "Conti",
  "Müller",
  "Dubois",
  "Bernasconi",
  "Keller",
  "Greco",
  "Lefèvre",
  "Schmid",
  "Ferri",
  "Noël",
] as const;

export function inventPerson(source: Random): { firstName: string; lastName: string } {
  return { firstName: source.pick(firstNames), lastName: source.pick(lastNames) };
}
