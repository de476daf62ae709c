// A page that failed: what its reader is told, and that the log has it under the same id.
import { createElement } from "react";
import { afterEach, expect, test, vi } from "vitest";
import { digestOf, Failure } from "#components/layout/failure.tsx";
import { languages } from "#locales/languages.ts";
import { resources } from "#locales/resources.ts";
import { log } from "#server/log.ts";
import { markupOf, textOf } from "#tests/markup.ts";
import { onRequestError } from "../instrumentation.ts";

afterEach(() => void vi.unstubAllEnvs());

const context = { routerKind: "App Router", routePath: "/x", routeType: "render" } as never;
const request = { path: "/it/customers?q=Rossi", method: "GET", headers: {} };

test("is logged under the id that the reader is shown, without what was searched for", async () => {
  vi.stubEnv("NEXT_RUNTIME", "nodejs");
  const written = vi.spyOn(log, "error");
  const error = Object.assign(new Error("the database is away"), { digest: "3915204@E1" });
  await onRequestError(error, request, context);
  expect(written.mock.calls).toEqual([
    [{ err: error, path: "/it/customers", supportId: "3915204@E1" }, "a page could not be made"],
  ]);
});

test.each(languages)(
  "says what happened, what to do, and the id for support where there is one (%s)",
  async (lang) => {
    const { failure } = resources[lang];
    const shown = async (error: unknown) =>
      textOf(
        await markupOf(
          createElement(Failure, { language: lang, supportId: digestOf(error), retry: () => undefined }),
        ),
      );
    const ours = await shown(Object.assign(new Error("x"), { digest: "3915204" }));
    for (const text of [
      failure.title,
      failure.body,
      failure.supportId,
      "3915204",
      failure.retry,
      failure.home,
    ])
      expect(ours).toContain(text);
    const theirs = await shown(new Error("a script did not come"));
    for (const text of [failure.title, failure.here, failure.retry, failure.home])
      expect(theirs).toContain(text);
    expect(theirs).not.toContain(failure.supportId);
    expect(theirs).not.toContain("a script did not come");
  },
);
