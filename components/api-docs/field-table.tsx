import { formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { JsonSchema } from "#server/api-docs/schema.ts";
import { type FieldRow, withoutNull } from "./field-rows.ts";

const schemaName = (ref: string) => ref.split("/").at(-1) ?? "";

/** The type of a field in words with its limits; a named schema is a link to its table. */
async function TypeWords({ schema: given, lang }: { schema: JsonSchema; lang: Language }) {
  const t = await getT(lang, "api-docs");
  const { schema, isNullable } = withoutNull(given);
  const formatted = (value: number) => ({ formatted: formatNumber(lang, value) });
  const limits = [
    schema.minLength === 1 && t("page.notEmpty"),
    schema["x-cutAt"] !== undefined && t("page.cut", formatted(schema["x-cutAt"])),
    schema.maxLength !== undefined && t("page.characters", formatted(schema.maxLength)),
    schema.maxItems !== undefined && t("page.items", formatted(schema.maxItems)),
    schema.minimum !== undefined && t("page.atLeast", formatted(schema.minimum)),
    schema.maximum !== undefined &&
      schema.maximum < Number.MAX_SAFE_INTEGER &&
      t("page.atMost", formatted(schema.maximum)),
    isNullable && t("page.orNull"),
    schema.default !== undefined &&
      schema.default !== null &&
      t("page.default", { value: JSON.stringify(schema.default) }),
  ].filter((limit) => typeof limit === "string");
  return (
    <>
      <BareType schema={schema} lang={lang} />
      {limits.length > 0 && <span className="text-ink-soft">{`, ${limits.join(", ")}`}</span>}
      {schema.pattern !== undefined && (
        <code className="mt-0.5 block text-caption break-all text-ink-soft">{schema.pattern}</code>
      )}
    </>
  );
}

async function BareType({ schema, lang }: { schema: JsonSchema; lang: Language }) {
  const t = await getT(lang, "api-docs");
  if (schema.$ref !== undefined) {
    const name = schemaName(schema.$ref);
    return (
      <a href={`#schema-${name}`} className="text-accent underline underline-offset-2">
        {name}
      </a>
    );
  }
  if (schema.const !== undefined) return t("page.exactly", { value: JSON.stringify(schema.const) });
  if (schema.enum)
    return (
      <span className="break-words">
        {schema.enum.map((value, index) => (
          <span key={String(value)}>
            {index > 0 && " | "}
            <code>{String(value)}</code>
          </span>
        ))}
      </span>
    );
  if (schema.type === "array" && schema.items) {
    const { items } = schema;
    if (items.type === "object") return t("page.listOf", { type: t("page.objects") });
    if (items.type === "string" && !items.enum) return t("page.listOf", { type: t("page.texts") });
    const [before = "", after = ""] = t("page.listOf", { type: "\n" }).split("\n");
    return (
      <>
        {before}
        <BareType schema={withoutNull(items).schema} lang={lang} />
        {after}
      </>
    );
  }
  if (schema.format === "date-time") return t("page.instant");
  if (schema.format === "date") return t("page.date");
  if (schema.format === "uuid") return t("page.uuid");
  switch (schema.type) {
    case "string":
      return t("page.text");
    case "integer":
      return t("page.integer");
    case "number":
      return t("page.number");
    case "boolean":
      return t("page.boolean");
    case "object":
      return t("page.object");
    default:
      return t("page.anything");
  }
}

/** Fields with type, limits and meaning; on phones one below the other. */
export async function FieldTable({
  caption,
  rows,
  lang,
}: {
  caption: string;
  rows: readonly (FieldRow & { example?: string | undefined })[];
  lang: Language;
}) {
  const t = await getT(lang, "api-docs");
  return (
    <dl aria-label={caption}>
      {rows.map(({ path, schema, isRequired, example }) => (
        <div
          key={path}
          className="grid gap-x-4 gap-y-0.5 border-b border-line px-4 py-2 last:border-b-0 sm:grid-cols-[minmax(0,15rem)_minmax(0,1fr)] sm:px-5"
        >
          <dt>
            <code className="font-medium break-all">{path}</code>
            {isRequired && <span className="ml-2 text-caption text-ink-soft">{t("page.required")}</span>}
          </dt>
          <dd className="min-w-0">
            <span className="block">{schema.description}</span>
            <span className="block text-caption">
              <TypeWords schema={schema} lang={lang} />
            </span>
            {example !== undefined && (
              <span className="block text-caption text-ink-soft">
                {t("page.example")} <code className="break-all">{example}</code>
              </span>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
