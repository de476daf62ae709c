const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#x27;",
};
const special = /[&<>"']/;
const allSpecial = /[&<>"']/g;

const made = Symbol("markup");
/** Text that is HTML already. Only `markup` makes one, so nothing that came from outside can pass for one. */
export type Markup = { readonly [made]: true; readonly html: string };

type Part = Markup | string | number | false | undefined | readonly (Markup | false | undefined)[];
const isMarkup = (part: object): part is Markup => made in part;

const written = (part: Part): string => {
  if (part === false || part === undefined) return "";
  if (typeof part === "object") return isMarkup(part) ? part.html : part.map(written).join("");
  const text = String(part);
  return special.test(text) ? text.replace(allSpecial, (sign) => entities[sign] ?? sign) : text;
};

/**
 * A template of HTML: what is filled in is text and is escaped, also between the quotes of an attribute, unless it is
 * markup itself. For the many rows of a table, where elements of React cost ten times as much (docs/benchmarks.md).
 */
export function markup(literals: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let html = literals[0] ?? "";
  for (const [index, part] of parts.entries()) html += written(part) + (literals[index + 1] ?? "");
  return { [made]: true, html };
}
