const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** Pages get theirs, with a nonce, from proxy.ts; these are for what it leaves out: the API and files. */
const apiHeaders = [
  { key: "content-security-policy", value: "default-src 'none'; frame-ancestors 'none'" },
  { key: "x-content-type-options", value: "nosniff" },
  { key: "referrer-policy", value: "same-origin" },
  { key: "cross-origin-opener-policy", value: "same-origin" },
];
const hsts = { key: "strict-transport-security", value: `max-age=${YEAR_SECONDS}; includeSubDomains` };

/** @type {import("next").NextConfig} */
export default {
  poweredByHeader: false,
  images: { unoptimized: true },
  serverExternalPackages: ["pg", "pg-boss", "@node-rs/argon2", "pino", "prom-client"],
  headers: async () => [
    { source: "/api/:path*", headers: apiHeaders },
    { source: "/:file(healthz|readyz|metrics|icon.svg)", headers: apiHeaders.slice(1) },
    {
      source: "/api/:path*",
      has: [{ type: "header", key: "x-forwarded-proto", value: "https" }],
      headers: [hsts],
    },
  ],
};
