// What every browser test starts from: people who are signed in once per worker, and a page that may not complain.
import { AxeBuilder } from "@axe-core/playwright";
import { type APIRequestContext, test as base, expect, type Page } from "@playwright/test";
import { type Language, languages } from "#locales/languages.ts";
import { resources } from "#locales/resources.ts";

export { expect, type Page, type APIRequestContext } from "@playwright/test";
export { languages, resources, type Language };

export const password = "belvedere-demo";
export const people = {
  super: "super@alpina.example",
  admin: "admin@alpina.example",
  helpdesk: "helpdesk@alpina.example",
  business: "business@alpina.example",
  readonly: "readonly@alpina.example",
  lagune: "super@lagune.example",
  rossiAdmin: "admin@bottega-rossi.example",
  rossiViewer: "viewer@bottega-rossi.example",
  marchand: "admin@atelier-marchand.example",
} as const;
export type Person = keyof typeof people;

/** A session of its own, for tests that end or change it. */
export async function signIn(request: APIRequestContext, person: Person): Promise<string> {
  const response = await request.post("/api/login", {
    data: { email: people[person], password },
    headers: { cookie: "" },
  });
  expect(response.status()).toBe(204);
  const [, token] = /belvedere-session=([^;]+)/.exec(response.headers()["set-cookie"] ?? "") ?? [];
  return token ?? "";
}

/** The HTTP side of one person, with the cookie of their session. */
export type Caller = {
  cookie: string;
  get: (path: string, headers?: Record<string, string>) => Promise<Answer>;
  post: (path: string, data: unknown, headers?: Record<string, string>) => Promise<Answer>;
  query: <T>(procedure: string, input: object) => Promise<T>;
};
export type Answer = { status: number; headers: Headers; text: string };

/** One more try where the portal has closed an idle connection, or one whose body it refused to read on. */
export async function send(address: string, init?: RequestInit): Promise<Response> {
  return fetch(address, init).catch(() => fetch(address, init));
}

async function answerOf(response: Response): Promise<Answer> {
  return { status: response.status, headers: response.headers, text: await response.text() };
}

type Worker = { as: (person: Person) => Promise<Caller> };
type Own = {
  /** Signs the browser in as this person; `anew`: a moment ago, for what asks who is older for a proof. */
  enter: (person: Person, how?: "anew") => Promise<void>;
  /** What the browser complained about: errors, refusals of the content security policy, failed loads. */
  complaints: string[];
};

export const test = base.extend<Own, Worker>({
  as: [
    async ({ playwright }, use) => {
      const callers = new Map<Person, Promise<Caller>>();
      const make = async (person: Person): Promise<Caller> => {
        const origin = test.info().project.use.baseURL ?? "";
        const context = await playwright.request.newContext({ baseURL: origin });
        const cookie = `belvedere-session=${await signIn(context, person)}`;
        await context.dispose();
        const ask = async (path: string, init: RequestInit) =>
          answerOf(await send(origin + path, { redirect: "manual", ...init }));
        return {
          cookie,
          get: (path, headers = {}) => ask(path, { headers: { cookie, ...headers } }),
          post: (path, data, headers = {}) =>
            ask(path, {
              method: "POST",
              body: JSON.stringify(data),
              headers: { cookie, "content-type": "application/json", ...headers },
            }),
          query: async <T>(procedure: string, input: object) => {
            const address = `/api/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`;
            const { status, text } = await ask(address, { headers: { cookie } });
            expect(status, text.slice(0, 300)).toBe(200);
            return (JSON.parse(text) as { result: { data: T } }).result.data;
          },
        };
      };
      await use((person) => {
        const known = callers.get(person) ?? make(person);
        callers.set(person, known);
        return known;
      });
    },
    { scope: "worker" },
  ],
  enter: async ({ as, context, baseURL, request }, use) => {
    await use(async (person, how) => {
      const [name = "", kept = ""] = (await as(person)).cookie.split("=");
      const value = how === "anew" ? await signIn(request, person) : kept;
      await context.addCookies([{ name, value, url: baseURL ?? "" }]);
    });
  },
  complaints: [
    async ({ context }, use) => {
      const complaints: string[] = [];
      context.on("console", (message) => {
        // Failed loads are judged below, where it is known whether the page itself was meant to be missing.
        if (message.type() === "error" && !message.text().startsWith("Failed to load"))
          complaints.push(message.text());
      });
      context.on("weberror", (error) => complaints.push(String(error.error())));
      context.on("response", (response) => {
        const isPage = response.request().isNavigationRequest();
        // A page whose session has ended finds that out by its stream; the fifth of quick pages has to ask again.
        if ([401, 429].includes(response.status()) && response.url().includes("/api/sync/stream")) return;
        if (response.status() >= (isPage ? 500 : 400))
          complaints.push(`${response.status()} ${response.url()}`);
      });
      await use(complaints);
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});

/** No violation of WCAG 2.2 AA; dark differs from light in its colours only. */
export async function expectAccessible(page: Page): Promise<void> {
  const everything = new AxeBuilder({ page }).withTags([
    "wcag2a",
    "wcag2aa",
    "wcag21a",
    "wcag21aa",
    "wcag22aa",
  ]);
  const colours = new AxeBuilder({ page }).withRules(["color-contrast", "link-in-text-block"]);
  for (const [colorScheme, builder] of [
    ["light", everything],
    ["dark", colours],
  ] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const { violations } = await builder.setLegacyMode(true).analyze();
    const found = violations.map(
      ({ id, nodes }) => `${colorScheme}: ${id} at ${nodes[0]?.target.join(" ")} (${nodes.length})`,
    );
    expect(found).toEqual([]);
  }
}

/** The page itself does not scroll sideways; a table in it may. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const { content, window } = await page.evaluate(() => ({
    content: document.documentElement.scrollWidth,
    window: document.documentElement.clientWidth,
  }));
  expect(content).toBeLessThanOrEqual(window);
}

/** A sentence of the locale files with its placeholders filled. */
export const fill = (text: string, values: Record<string, string>): string =>
  text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? "");
