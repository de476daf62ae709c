import type { JsonSchema } from "#server/api-docs/schema.ts";

export type FieldRow = { path: string; schema: JsonSchema; isRequired: boolean };

/** What a field is apart from also being null, and whether it may be. */
export function withoutNull(schema: JsonSchema): { schema: JsonSchema; isNullable: boolean } {
  const others = schema.anyOf?.filter((one) => one.type !== "null") ?? [];
  const [only] = others;
  if (schema.anyOf && others.length === 1 && only)
    return {
      schema: { ...schema, ...only, ...(schema.description && { description: schema.description }) },
      isNullable: true,
    };
  if (Array.isArray(schema.type)) {
    const [type] = schema.type.filter((one) => one !== "null");
    return {
      schema: { ...schema, ...(type !== undefined && { type }) },
      isNullable: schema.type.includes("null"),
    };
  }
  return { schema, isNullable: false };
}

/** The fields of an object and of the objects within it, one row each, in their order; named schemas are only referred to. */
export function fieldRows(schema: JsonSchema, at = ""): FieldRow[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = at === "" ? name : `${at}.${name}`;
    const { schema: bare } = withoutNull(field);
    const isRequired = schema.required?.includes(name) ?? false;
    const within = bare.items?.properties ? fieldRows(bare.items, `${path}[]`) : fieldRows(bare, path);
    return [{ path, schema: field, isRequired }, ...within];
  });
}
