// Faults that the control endpoint sets, for everything, one tenant or one path, and the emulated rate limit.

export const modes = [
  "ok",
  "down",
  "slow",
  "hang",
  "html",
  "half",
  "status",
  "wrongTenant",
  "endless",
] as const;
export type Mode = (typeof modes)[number];

export type Rule = {
  mode: Mode;
  tenant: string | null;
  /** Matches every path that starts with it. */
  path: string | null;
  status: number;
  delayMs: number;
  retryAfter: string | null;
};

/** A rule that hits everything, but for its mode. */
export const quietRule: Omit<Rule, "mode"> = {
  tenant: null,
  path: null,
  status: 503,
  delayMs: 0,
  retryAfter: null,
};

export type RateLimit = { perSecond: number; retryAfter: string | null };

export type Control = {
  rules(): readonly Rule[];
  rateLimit(): RateLimit | null;
  /** Tokens of an earlier epoch are expired. */
  epoch(): number;
  /** Throws with a sentence when the order makes no sense. */
  apply(order: unknown): void;
  find(tenant: string | null, path: string): Rule | null;
  isOverLimit(now: number): boolean;
};

export function createControl(): Control {
  let rules: Rule[] = [];
  let limit: RateLimit | null = null;
  let epoch = 0;
  let second = 0;
  let inSecond = 0;

  return {
    rules: () => rules,
    rateLimit: () => limit,
    epoch: () => epoch,
    apply(order) {
      if (typeof order !== "object" || order === null) throw new Error("The order must be a JSON object.");
      const input = order as Record<string, unknown>;
      if (input["expireTokens"] === true) epoch += 1;
      if ("rateLimit" in input) limit = readLimit(input["rateLimit"]);
      if (!("mode" in input)) return;
      const rule = readRule(input);
      const isEverything = rule.tenant === null && rule.path === null;
      rules =
        rule.mode === "ok" && isEverything
          ? []
          : rules.filter((each) => each.tenant !== rule.tenant || each.path !== rule.path);
      if (rule.mode !== "ok") rules = [...rules, rule];
    },
    find(tenant, path) {
      const matching = rules.filter(
        (rule) =>
          (rule.tenant === null || rule.tenant === tenant) &&
          (rule.path === null || path.startsWith(rule.path)),
      );
      const weight = (rule: Rule): number => (rule.tenant === null ? 0 : 2) + (rule.path === null ? 0 : 1);
      return matching.toSorted((a, b) => weight(b) - weight(a))[0] ?? null;
    },
    isOverLimit(now) {
      if (limit === null) return false;
      const current = Math.floor(now / 1_000);
      inSecond = current === second ? inSecond + 1 : 1;
      second = current;
      return inSecond > limit.perSecond;
    },
  };
}

function readRule(input: Record<string, unknown>): Rule {
  const mode = modes.find((each) => each === input["mode"]);
  if (!mode) throw new Error(`mode must be one of ${modes.join(", ")}.`);
  return {
    mode,
    tenant: textOrNull(input["tenant"]),
    path: textOrNull(input["path"]),
    status: typeof input["status"] === "number" ? input["status"] : 503,
    delayMs: typeof input["delayMs"] === "number" ? input["delayMs"] : 2_000,
    retryAfter: textOrNull(input["retryAfter"]),
  };
}

function readLimit(value: unknown): RateLimit | null {
  if (typeof value !== "object" || value === null) return null;
  const { perSecond, retryAfter } = value as Record<string, unknown>;
  if (typeof perSecond !== "number" || perSecond <= 0)
    throw new Error("rateLimit.perSecond must be a positive number.");
  return { perSecond, retryAfter: textOrNull(retryAfter) };
}

function textOrNull(value: unknown): string | null {
  return value === undefined || value === null || value === "" ? null : String(value);
}
