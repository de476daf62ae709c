// The OpenAPI document: whole, true to the handlers, and with examples that the schemas accept.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { languages } from "#locales/languages.ts";
import { isErrorCode } from "#locales/resources.ts";
import { handlerPermissions } from "#server/route.ts";
import { repository } from "#tests/guards/tree.ts";
import { answerSchemas, operations, requestSchemas } from "./rules.ts";
import type { ApiDocument, ApiOperation, JsonSchema } from "./schema.ts";
import { apiDocument } from "./service.ts";

const document = apiDocument("en");
const operationsOf = (of: ApiDocument): [string, ApiOperation][] =>
  Object.entries(of.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, ApiOperation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  );
const schemas: Record<string, z.ZodType> = { ...requestSchemas, ...answerSchemas };

/** Every object within a value, with where it stands. */
function* objectsIn(value: unknown, at = "#"): Generator<[string, Record<string, unknown>]> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield [at, value as Record<string, unknown>];
  for (const [key, inner] of Object.entries(value))
    yield* objectsIn(inner, `${at}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`);
}

describe.each(languages)("the document in %s", (language) => {
  const own = apiDocument(language);
  test("has what OpenAPI 3.1 asks for", () => {
    expect(own.openapi).toMatch(/^3\.1\.\d$/);
    expect(own.info.title).not.toBe("");
    expect(JSON.parse(JSON.stringify(own))).toEqual(own);
    const ids = operationsOf(own).map(([, { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [name, operation] of operationsOf(own)) {
      expect(operation.summary, name).not.toBe("");
      expect(operation.description, name).not.toBe("");
      expect(Object.keys(operation.responses).length, name).toBeGreaterThan(0);
      for (const [status, response] of Object.entries(operation.responses)) {
        expect(status, name).toMatch(/^[2-5]\d\d$/);
        expect(response.description, `${name} ${status}`).not.toBe("");
      }
      const named = (operation.parameters ?? [])
        .filter((one) => one.in === "path")
        .map((one) => `{${one.name}}`);
      expect(name.match(/\{\w+\}/g) ?? [], name).toEqual(named);
      for (const parameter of operation.parameters ?? []) expect(parameter.description, name).not.toBe("");
    }
  });

  test("its references lead somewhere", () => {
    const targets = new Set([...objectsIn(own)].map(([at]) => at));
    const refs = [...objectsIn(own)].flatMap(([at, { $ref }]) =>
      typeof $ref === "string" ? [[at, $ref]] : [],
    );
    expect(refs.length).toBeGreaterThan(10);
    expect(refs.filter(([, ref]) => !targets.has(ref ?? ""))).toEqual([]);
  });

  test("every field says what it is", () => {
    const silent = Object.entries(own.components.schemas).flatMap(([name, schema]) =>
      [...objectsIn(schema, name)].flatMap(([at, inner]) =>
        Object.entries((inner as JsonSchema).properties ?? {})
          .filter(([, field]) => typeof field === "object" && !field.description)
          .map(([field]) => `${at}: ${field}`),
      ),
    );
    expect(silent).toEqual([]);
  });
});

test("the fields are those that the schemas check", () => {
  const { Device, Snapshot } = document.components.schemas;
  expect(Object.keys(Device?.properties ?? {})).toEqual(Object.keys(requestSchemas.Device.shape));
  expect(Device?.required).toContain("lastSeenAt");
  expect(Device?.required).not.toContain("os");
  expect(Device?.additionalProperties).toBe(false);
  expect(JSON.stringify(Snapshot)).toContain('"maxItems":200000');
  expect(Object.keys(document.components.schemas).sort()).toEqual(Object.keys(schemas).sort());
});

test("every example is what its schema accepts, and every refusal is a code of ours", () => {
  let seen = 0;
  for (const [name, operation] of operationsOf(document)) {
    const contents = [
      operation.requestBody?.content,
      ...Object.values(operation.responses).map(({ content }) => content),
    ];
    for (const media of contents.flatMap((content) => (content ? [content["application/json"]] : []))) {
      const schema = schemas[media.schema.$ref?.split("/").at(-1) ?? ""];
      for (const [key, { value }] of Object.entries(media.examples ?? {})) {
        const parsed = schema?.safeParse(value);
        expect(parsed?.success, `${name} ${key}: ${JSON.stringify(parsed?.error?.issues)}`).toBe(true);
        if (schema === answerSchemas.Error) expect(isErrorCode(key), key).toBe(true);
        seen += 1;
      }
    }
  }
  expect(seen).toBeGreaterThan(30);
});

test("each operation is a route with that permission, and each route of the API is described", async () => {
  const root = join(repository, "app/api/v1");
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) =>
    /(^|\/)route\.ts$/.test(file),
  );
  const found = await Promise.all(
    files.map(async (file) => {
      const path = `/api/v1/${file.replace(/\/route\.ts$/, "").replaceAll(/\[(\w+)\]/g, "{$1}")}`;
      const handlers = Object.entries((await import(join(root, file))) as Record<string, object>);
      return handlers.map(([method, handler]) => [
        `${method} ${path}`,
        handlerPermissions.get(handler) ?? null,
      ]);
    }),
  );
  const described = Object.values(operations).map(({ method, path, permission }) => [
    `${method.toUpperCase()} ${path}`,
    permission,
  ]);
  expect(found.flat().sort()).toEqual(described.sort());
});
