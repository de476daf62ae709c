import { Badge } from "#components/ui/badge.tsx";
import { Disclosure } from "#components/ui/disclosure.tsx";
import { Section } from "#components/ui/section.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { ApiDocument, ApiOperation, ApiResponse } from "#server/api-docs/schema.ts";
import { curlOf, exampleBody } from "./curl.ts";
import { FieldTable } from "./field-table.tsx";
import { TryIt } from "./try-it.tsx";

/** A block of code that scrolls by itself; reachable by keyboard, because it scrolls. */
function CodeBlock({ label, text }: { label: string; text: string }) {
  return (
    <section
      aria-label={label}
      tabIndex={0}
      className="max-h-96 overflow-auto rounded-md bg-sunken p-3 text-caption ring-1 ring-line ring-inset"
    >
      <pre>{text}</pre>
    </section>
  );
}

const subtitle = "mt-5 mb-1.5 font-medium";

export async function OperationSection({
  path,
  method,
  operation,
  document,
  lang,
}: {
  path: string;
  method: string;
  operation: ApiOperation;
  document: ApiDocument;
  lang: Language;
}) {
  const t = await getT(lang, "api-docs");
  const { parameters = [], requestBody } = operation;
  const permission = operation["x-permission"];
  const origin = document.servers[0]?.url ?? "";
  const responses = Object.entries(operation.responses);
  const body = requestBody?.content["application/json"];
  const bodyName = body?.schema.$ref?.split("/").at(-1) ?? "";
  return (
    <Section id={operation.operationId} title={operation.summary}>
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Badge tone={method === "get" ? "neutral" : "accent"}>{method.toUpperCase()}</Badge>
        <code className="font-medium break-all">{path}</code>
        <span className="text-caption text-ink-soft">
          {permission === undefined ? t("page.open") : t("page.permission", { permission })}
        </span>
      </p>
      <p className="mt-3 max-w-prose">{operation.description}</p>
      {parameters.length > 0 && (
        <>
          <h3 className={subtitle}>{t("page.parameters")}</h3>
          <div className="-mx-4 sm:-mx-5">
            <FieldTable
              caption={t("page.parameters")}
              rows={parameters.map(({ name, schema, description, required, example }) => ({
                path: name,
                schema: { ...schema, description },
                isRequired: required,
                example,
              }))}
              lang={lang}
            />
          </div>
        </>
      )}
      {requestBody && (
        <>
          <h3 className={subtitle}>{t("page.sent")}</h3>
          <p>
            {requestBody.description}{" "}
            <a href={`#schema-${bodyName}`} className="text-accent underline">
              {bodyName}
            </a>
          </p>
        </>
      )}
      <h3 className={subtitle}>{t("page.example")}</h3>
      <CodeBlock label={`curl: ${operation.summary}`} text={curlOf(origin, path, method, operation)} />
      <h3 className={subtitle}>{t("page.answers")}</h3>
      {responses
        .filter(([status]) => status.startsWith("2"))
        .map(([status, response]) => (
          <Answer key={status} status={status} response={response} summary={operation.summary} />
        ))}
      <Refusals responses={responses.filter(([status]) => !status.startsWith("2"))} lang={lang} />
      <TryIt
        method={method.toUpperCase()}
        path={path}
        needsToken={permission !== undefined}
        parameters={parameters.map(({ name, in: place, example }) => ({
          name,
          place,
          example: example ?? "",
        }))}
        body={exampleBody(operation)}
        lang={lang}
        id={operation.operationId}
        texts={{
          title: t("try.title"),
          body: t("try.body"),
          send: t("try.send"),
          sending: t("try.sending"),
          answer: t("try.answer"),
          took: t("try.took"),
          failed: t("try.failed"),
          needsToken: t("try.needsToken"),
        }}
      />
    </Section>
  );
}

function Answer({ status, response, summary }: { status: string; response: ApiResponse; summary: string }) {
  const media = response.content?.["application/json"];
  const name = media?.schema.$ref?.split("/").at(-1);
  const [example] = Object.values(media?.examples ?? {});
  return (
    <div className="mb-3">
      <p className="mb-1.5">
        <code className="font-medium">{status}</code> {response.description}{" "}
        {name !== undefined && (
          <a href={`#schema-${name}`} className="text-accent underline">
            {name}
          </a>
        )}
      </p>
      {example && <CodeBlock label={`${status}: ${summary}`} text={JSON.stringify(example.value, null, 2)} />}
    </div>
  );
}

type ErrorExample = { error: { code: string; message: string } };
async function Refusals({ responses, lang }: { responses: [string, ApiResponse][]; lang: Language }) {
  if (responses.length === 0) return null;
  const t = await getT(lang, "api-docs");
  return (
    <Disclosure summary={t("page.refusals")}>
      <dl>
        {responses.flatMap(([status, response]) =>
          Object.values(response.content?.["application/json"].examples ?? {}).map(({ value }) => {
            const { error } = value as ErrorExample;
            return (
              <div
                key={error.code}
                className="grid gap-x-4 border-b border-line py-1.5 last:border-b-0 sm:grid-cols-[minmax(0,15rem)_minmax(0,1fr)]"
              >
                <dt>
                  <code className="text-ink-soft">{status}</code>{" "}
                  <code className="font-medium">{error.code}</code>
                </dt>
                <dd>{error.message}</dd>
              </div>
            );
          }),
        )}
      </dl>
    </Disclosure>
  );
}
