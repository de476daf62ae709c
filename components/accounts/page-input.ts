import { notFound } from "next/navigation";
import { isLanguage, type Language, languages } from "#locales/languages.ts";

export type Query = Record<string, string | string[] | undefined>;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const languageOf = (lang: string): Language => (isLanguage(lang) ? lang : languages[0]);

/** An identifier of an address; the not-found page where it is none. */
export const identifier = (text: string): string => (uuid.test(text) ? text : notFound());
