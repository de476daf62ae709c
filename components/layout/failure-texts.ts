import en from "#locales/en/failure.json" with { type: "json" };
import fr from "#locales/fr/failure.json" with { type: "json" };
import it from "#locales/it/failure.json" with { type: "json" };

/** What pages say that get no text from the server: these few sentences are the ones that the browser holds itself. */
export const texts = { en, it, fr };
