import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

// A zone whose offset is no whole hour: code that mixes up zones fails here (architecture.md §9).
process.env["TZ"] = "Asia/Kathmandu";

/** These need no database and do not wait for one. */
const withoutDatabase = [
  "{server,components}/**/{rules,schema,format}.test.ts",
  "locales/**/*.test.ts",
  "emulators/**/*.test.ts",
  "scripts/**/*.test.ts",
  "server/env.test.ts",
];

export default defineConfig({
  resolve: {
    // The package throws outside React's server condition, and means "not in the browser": neither is this.
    alias: { "server-only": resolve(import.meta.dirname, "node_modules/server-only/empty.js") },
  },
  test: {
    environment: "node",
    maxWorkers: 2,
    env: { NODE_ENV: "test", TZ: "Asia/Kathmandu", LOG_LEVEL: "silent", TRUST_PROXY: "1" },
    projects: [
      {
        test: { name: "plain", include: withoutDatabase, testTimeout: 60_000 },
      },
      {
        test: {
          name: "database",
          include: ["{app,components,db,server,bench}/**/*.test.ts", "tests/**/*.test.ts"],
          exclude: [...withoutDatabase, "node_modules/**"],
          globalSetup: "tests/setup-server.ts",
          setupFiles: ["tests/setup-database.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
