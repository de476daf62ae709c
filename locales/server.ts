// Translation on the server: one i18next instance per language that never changes it, so requests cannot mix.
import "server-only";
import { createInstance } from "i18next";
import { type Language, languages } from "./languages.ts";
import { type Namespace, resources } from "./resources.ts";

const instances = new Map(
  languages.map((language) => {
    const instance = createInstance();
    void instance.init({
      lng: language,
      // A missing text shows English rather than a key; the guard test keeps that from happening.
      fallbackLng: "en",
      resources,
      defaultNS: "common",
      initAsync: false,
      // React and the mail templates escape; escaping twice would show entities.
      interpolation: { escapeValue: false },
    });
    return [language, instance];
  }),
);

/** The translate function of one namespace: `const t = await getT(lang, "customers")`. */
export async function getT<N extends Namespace>(language: Language, namespace: N) {
  const instance = instances.get(language);
  if (!instance) throw new Error(`no texts for the language ${language}`);
  return instance.getFixedT(language, namespace);
}
