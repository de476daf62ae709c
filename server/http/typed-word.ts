// The word that a person types to confirm what cannot be undone.

const words = new Set(["yes", "si", "oui"]);

/**
 * Whether what was typed is Yes, Sì or Oui: in any of the languages, because page, profile and colleague may differ in
 * theirs, and whatever the capitals and accents.
 */
export const isConfirmed = (typed: string): boolean =>
  words.has(typed.trim().toLowerCase().normalize("NFD").replaceAll(/\p{M}/gu, ""));
