import { Section } from "#components/ui/section.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { ApiDocument } from "#server/api-docs/schema.ts";
import { FieldTable } from "./field-table.tsx";
import { fieldRows } from "./field-rows.ts";
import { OperationSection } from "./operation-section.tsx";
import { TryToken } from "./try-token.tsx";

/** The whole document as a page: operations with examples and *Try it*, then the fields of every schema. */
export async function ApiDocs({ document, lang }: { document: ApiDocument; lang: Language }) {
  const t = await getT(lang, "api-docs");
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  return (
    <div className="grid items-start gap-x-8 xl:grid-cols-[14rem_minmax(0,1fr)]">
      <nav aria-label={t("page.operations")} className="mb-6 xl:sticky xl:top-7">
        <ul className="flex flex-wrap gap-x-4 gap-y-1 xl:flex-col">
          {operations.map(({ operation }) => (
            <li key={operation.operationId}>
              <a
                href={`#${operation.operationId}`}
                className="inline-flex min-h-7 items-center text-accent hover:underline"
              >
                {operation.summary}
              </a>
            </li>
          ))}
          <li>
            <a href="#schemas" className="inline-flex min-h-7 items-center text-accent hover:underline">
              {t("page.schemas")}
            </a>
          </li>
        </ul>
      </nav>
      <div className="min-w-0">
        <p className="mb-4 max-w-prose">{document.components.securitySchemes["token"]?.["description"]}</p>
        <TryToken texts={{ label: t("try.token"), hint: t("try.tokenHint") }} />
        {operations.map((one) => (
          <OperationSection key={one.operation.operationId} {...one} document={document} lang={lang} />
        ))}
        <h2 id="schemas" className="mt-8 mb-3 text-prose font-semibold">
          {t("page.schemas")}
        </h2>
        {Object.entries(document.components.schemas).map(([name, schema]) => (
          <Section key={name} id={`schema-${name}`} title={name} flush>
            <FieldTable caption={name} rows={fieldRows(schema)} lang={lang} />
          </Section>
        ))}
      </div>
    </div>
  );
}
