// What licences are for.

/** Protection that licences give, in the order in which it is offered. */
export const productCategories = [
  "endpoint",
  "server",
  "mobile",
  "email",
  "firewall",
  "encryption",
  "cloud",
  "detection_response",
  "backup",
  "governance",
  "asset_management",
  "saas_management",
  "other",
] as const;
