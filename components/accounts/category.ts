import { resources } from "#locales/resources.ts";

const names = resources.en.customers.category;
/** Whether a product's category has a word of ours; vendors' catalogues are open. */
export const isCategory = (category: string): category is keyof typeof names =>
  Object.hasOwn(names, category);
