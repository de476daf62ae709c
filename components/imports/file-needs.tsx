import { CheckIcon } from "#components/ui/icons.tsx";
import { Section } from "#components/ui/section.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";

const points = ["header", "name", "identity", "format", "again"] as const;
/** Made-up companies; the headers are those that the mapping recognises in each language. */
const examples: Record<Language, string> = {
  en: 'External ID;Name;Domain;Country;City\nC-1001;Harbour Lights Ltd;harbourlights.example;United Kingdom;Bristol\nC-1002;"Oak; Elm & Sons";;Ireland;Cork',
  it: 'ID esterno;Nome;Dominio;Paese;Città\nC-1001;Bottega Rossi;bottegarossi.example;Italia;Forlì\nC-1002;"Neri; Figli & C.";;Svizzera;Lugano',
  fr: 'ID externe;Nom;Domaine;Pays;Ville\nC-1001;Atelier Marchand;ateliermarchand.example;France;Saint-Étienne\nC-1002;"Dubois; Fils & Cie";;Belgique;Liège',
};

export async function FileNeeds({ lang }: { lang: Language }) {
  const t = await getT(lang, "imports");
  return (
    <Section id="needs" title={t("needs.title")}>
      <ul className="flex flex-col gap-3">
        {points.map((point) => (
          <li key={point} className="flex max-w-prose gap-2.5">
            <CheckIcon className="mt-0.5 size-4 shrink-0 text-positive" />
            <span className="min-w-0">{t(`needs.${point}`)}</span>
          </li>
        ))}
      </ul>
      <h3 className="mt-5 mb-1.5 font-medium" id="example-title">
        {t("example.title")}
      </h3>
      <pre
        aria-labelledby="example-title"
        className="rounded-md bg-sunken p-3 text-caption whitespace-pre-wrap"
      >
        {examples[lang]}
      </pre>
    </Section>
  );
}
