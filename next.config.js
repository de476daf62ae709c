/** @type {import("next").NextConfig} */
export default {
  poweredByHeader: false,
  images: { unoptimized: true },
  serverExternalPackages: ["pg", "pg-boss", "@node-rs/argon2", "pino"],
};
