import type { Language } from "#locales/languages.ts";

/** Words that are the same for every request are translated once per language; a list needs some two hundred. */
export function perLanguage<T>(build: (lang: Language) => Promise<T>): (lang: Language) => Promise<T> {
  const built = new Map<Language, Promise<T>>();
  return (lang) => {
    let words = built.get(lang);
    if (words === undefined) built.set(lang, (words = build(lang)));
    return words;
  };
}
