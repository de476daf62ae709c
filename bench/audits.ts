// The row "audits": Lighthouse on the pages of a demo portal, as it judges a phone on a slow line.
import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import lighthouse from "lighthouse";
import { chromium } from "@playwright/test";
import { findBrowser } from "#scripts/browser.ts";
import { buildIfChanged, projectRoot } from "#scripts/build.ts";
import { startPortal } from "#scripts/portal-under-test.ts";
import { freePort } from "#scripts/ports.ts";
import { untilAnswers } from "#scripts/services.ts";
import { temporaryFolder } from "#scripts/throw-away.ts";
import { signedIn } from "./operation.ts";
import { median, whole } from "./statistics.ts";
import { plainTable, type Result, type Section } from "./table.ts";

const ROUNDS = 3;
const ATTEMPTS = 3;
const goals = { performance: 95, accessibility: 100, "best-practices": 100 } as const;
type Category = keyof typeof goals;
const categories = Object.keys(goals) as Category[];

const SIGN_IN = "/en/sign-in";

/** Pages of everyday; `{customer}` stands for a customer with figures. */
const pages = [
  SIGN_IN,
  "/en",
  "/en/customers?view=all",
  "/en/customers?view=all&status=warning&q=a",
  "/en/customers/{customer}",
  "/en/customers/{customer}/edit",
  "/en/customers/columns",
  "/en/customers/import",
  "/en/groups",
  "/en/bulk",
  "/en/connections",
  "/en/vendor-accounts",
  "/en/sync",
  "/en/settings",
  "/en/tokens",
  "/en/profile",
  "/en/help/figures",
  "/en/api-docs",
];

type Score = Record<Category, number> & { page: string; faults: string[] };

async function startBrowser(folder: string) {
  const port = await freePort();
  const path = findBrowser() ?? chromium.executablePath();
  const child = spawn(
    path,
    [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      `--remote-debugging-port=${port}`,
      `--user-data-dir=${folder}`,
      "about:blank",
    ],
    { stdio: "ignore" },
  );
  process.once("exit", () => child.kill("SIGKILL"));
  await untilAnswers(`http://127.0.0.1:${port}/json/version`, 30_000);
  return {
    port,
    /** Gives the browser a session: `cookie` as a request names it. */
    enter: async (url: string, cookie: string) => {
      const [name = "", value = ""] = cookie.split("=");
      const connected = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
      await connected.contexts()[0]?.addCookies([{ name, value, url }]);
      await connected.close();
    },
    stop: () => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      return ended;
    },
  };
}

/** One judgement; the browser now and then records a page without its beginning, which is tried again. */
async function judge(address: string, port: number) {
  let failure = "";
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const answer = await lighthouse(address, {
      port,
      output: "json",
      logLevel: "silent",
      onlyCategories: categories,
      // The session stays.
      disableStorageReset: true,
    });
    if (answer && !answer.lhr.runtimeError) {
      const shown = answer.lhr.finalDisplayedUrl;
      if (shown !== address) throw new Error(`${address} led to ${shown}`);
      return answer.lhr;
    }
    failure = answer?.lhr.runtimeError?.message ?? "no answer";
  }
  throw new Error(`${address} was not judged: ${failure}`);
}

async function audit(url: string, page: string, port: number): Promise<Score> {
  const rounds: Omit<Score, "page">[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const lhr = await judge(url + page, port);
    const score = (category: Category) => Math.round((lhr.categories[category]?.score ?? 0) * 100);
    rounds.push({
      performance: score("performance"),
      accessibility: score("accessibility"),
      "best-practices": score("best-practices"),
      // What costs points where nothing may be lost.
      faults: (["accessibility", "best-practices"] as const).flatMap((category) =>
        (lhr.categories[category]?.auditRefs ?? [])
          .filter(({ id, weight }) => weight > 0 && (lhr.audits[id]?.score ?? 1) < 1)
          .map(({ id }) => id),
      ),
    });
  }
  const of = (category: Category) => median(rounds.map((round) => round[category]));
  return {
    page,
    performance: of("performance"),
    accessibility: of("accessibility"),
    "best-practices": of("best-practices"),
    faults: [...new Set(rounds.flatMap(({ faults }) => faults))],
  };
}

/** Median scores of three rounds of each page. */
export async function measureAudits(
  say: (line: string) => void,
): Promise<{ results: Result[]; section: Section }> {
  await buildIfChanged(projectRoot, say);
  const folder = await temporaryFolder("audits");
  const portal = await startPortal({ dataFolder: join(folder, "data"), port: await freePort() });
  const browser = await startBrowser(join(folder, "browser"));
  try {
    const { cookie, query } = await signedIn(portal, "super@alpina.example");
    while ((await query<unknown[]>("sync.live")).length > 0) await sleep(500);
    const list = await query<{ rows: { id: string; devicesTotal: number | null }[] }>("customers.list");
    const customer = list.rows.find(({ devicesTotal }) => devicesTotal !== null)?.id ?? "";
    const scores: Score[] = [];
    for (const page of pages) {
      const path = page.replace("{customer}", customer);
      if (page !== SIGN_IN) await browser.enter(portal.url, cookie);
      scores.push({ ...(await audit(portal.url, path, browser.port)), page });
      say(`${page}: ${categories.map((category) => scores.at(-1)?.[category]).join(", ")}`);
    }
    const results = categories.map((category): Result => {
      const worst = Math.min(...scores.map((score) => score[category]));
      const short = scores.filter((score) => score[category] < goals[category]).length;
      return {
        row: "audits",
        what: `Lighthouse, ${category}, ${scores.length} pages, a slow phone`,
        floor: "–",
        ours: `worst ${whole(worst)}, median ${whole(median(scores.map((score) => score[category])))}`,
        ratio: short === 0 ? "–" : `${short} pages below`,
        goal: `≥ ${goals[category]}`,
        isMet: short === 0,
      };
    });
    const lines = plainTable(
      ["page", ...categories, "what costs points"],
      scores.map((score) => [
        `\`${score.page}\``,
        ...categories.map((category) => whole(score[category])),
        score.faults.join(", ") || "–",
      ]),
    );
    return { results, section: { title: "Lighthouse by page", lines } };
  } finally {
    await browser.stop();
    await portal.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
