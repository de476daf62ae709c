// Translation on the server: one i18next instance per language that never changes it, so requests cannot mix.
import "server-only";
import { createInstance, type TFunction } from "i18next";
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

/** Sentences without anything to fill in, by their key, each looked up once: a page asks for hundreds. */
function remembering<T extends TFunction<Namespace>>(translate: T): T {
  const known = new Map<string, string>();
  const remembered = (key: string, ...options: unknown[]): string => {
    if (options.length > 0) return Reflect.apply(translate, undefined, [key, ...options]) as string;
    const text = known.get(key) ?? (Reflect.apply(translate, undefined, [key]) as string);
    // A key without a text comes back as itself; of those there is no end.
    if (text !== key) known.set(key, text);
    return text;
  };
  return Object.assign(remembered, translate) as unknown as T;
}

const fixed = new Map<string, unknown>();

/** The translate function of one namespace: `const t = await getT(lang, "customers")`. */
export async function getT<N extends Namespace>(language: Language, namespace: N) {
  const instance = instances.get(language);
  if (!instance) throw new Error(`no texts for the language ${language}`);
  const make = () => remembering(instance.getFixedT(language, namespace));
  const place = `${language} ${namespace}`;
  const t = (fixed.get(place) as ReturnType<typeof make> | undefined) ?? make();
  fixed.set(place, t);
  return t;
}
