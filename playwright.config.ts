import { defineConfig, devices } from "@playwright/test";

const executablePath = process.env["CHROMIUM_PATH"];

/** These add and change customers, so they come after those that count on the demo as it is. */
const writing =
  /(account-rules|accounts|bulk|bulk-downloads|bulk-rows|connections|contact-panel|group-rules|groups|home|import|list-layout|pins|tokens|vendor-accounts|views|warnings)\.e2e\.ts$/;
/** These break the emulated vendor for everybody. */
const breaking = /sync\.e2e\.ts$/;
/** These change how people sign in, and end all their sessions. */
const personal = /(account-proof|profile|sign-in-providers)\.e2e\.ts$/;

// scripts/test.ts starts a portal of its own and gives its address; `npm run e2e` goes the same way.
export default defineConfig({
  testDir: "tests/e2e",
  testMatch: "**/*.e2e.ts",
  outputDir: "test-results",
  workers: 2,
  timeout: 60_000,
  // A loaded machine may miss a wait; what failed first is told as flaky.
  retries: process.env["CI"] ? 2 : 0,
  forbidOnly: Boolean(process.env["CI"]),
  projects: [
    { name: "reading", testIgnore: [writing, breaking, personal], fullyParallel: true },
    { name: "writing", testMatch: writing, dependencies: ["reading"] },
    { name: "breaking", testMatch: breaking, dependencies: ["writing"] },
    { name: "personal", testMatch: personal, dependencies: ["breaking"] },
  ],
  use: {
    ...devices["Desktop Chrome"],
    baseURL: process.env["BASE_URL"] ?? "http://127.0.0.1:3000",
    trace: "retain-on-failure",
    launchOptions: {
      // Chromium's sandbox needs user namespaces, which root in a container has not.
      args: process.getuid?.() === 0 ? ["--no-sandbox", "--disable-dev-shm-usage"] : [],
      ...(executablePath ? { executablePath } : {}),
    },
  },
});
