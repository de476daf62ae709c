// The languages of the portal, apart from their texts, so that the browser and the proxy can know them.
export const languages = ["en", "it", "fr"] as const;
export type Language = (typeof languages)[number];

export const isLanguage = (value: unknown): value is Language =>
  languages.some((language) => language === value);
