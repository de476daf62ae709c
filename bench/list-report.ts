// The latencies of customers.list as results and tables: against the goal, by filter, and the worst of them.
import type { FilledPartner } from "./fill.ts";
import type { Combination, ListLatency } from "./latency.ts";
import { median, ms, times, whole } from "./statistics.ts";
import { plainTable, type Result, type Section } from "./table.ts";

const GOAL_P50 = 1.15;
const GOAL_P95 = 1.3;
const WORST = 15;

const pair = (values: readonly number[]) => ({
  small: values[0] ?? Number.NaN,
  large: values.at(-1) ?? Number.NaN,
});

/** Median over combinations; the goal counts when the worst meets it. */
function result(
  what: string,
  combinations: readonly Combination[],
  part: "p50" | "p95",
  goal: number,
): Result {
  const values = combinations.map((one) => pair(one[part]));
  const ratios = values.map(({ small, large }) => large / small);
  const worst = Math.max(...ratios);
  return {
    row: "list",
    what: `${part} of ${what}`,
    floor: ms(median(values.map(({ small }) => small))),
    ours: ms(median(values.map(({ large }) => large))),
    ratio: `median ${times(median(ratios))}, worst ${times(worst)}`,
    goal: `≤ ${times(goal)}`,
    isMet: worst <= goal,
  };
}

export function listResults({ combinations }: ListLatency, partners: readonly FilledPartner[]): Result[] {
  const sizes = partners.map(({ customers }) => whole(customers)).join(" and ");
  const without = combinations.filter((one) => one.filter === "none");
  return [
    result(
      `customers.list without a filter, any sort and page; floor: the smaller of ${sizes} customers`,
      without,
      "p50",
      GOAL_P50,
    ),
    result("the same", without, "p95", GOAL_P95),
    result("customers.list, any sort, filter and page; same floor", combinations, "p50", GOAL_P50),
    result("the same", combinations, "p95", GOAL_P95),
  ];
}

const share = (part: readonly Combination[]) =>
  `${part.filter((one) => one.ratio50 <= GOAL_P50).length} of ${part.length}`;

export function listSections({ combinations, calls }: ListLatency): Section[] {
  const filters = [...new Set(combinations.map((one) => one.filter))];
  const middle = (part: readonly Combination[], of: "p50" | "p95") => {
    const { small, large } = {
      small: median(part.map((one) => pair(one[of]).small)),
      large: median(part.map((one) => pair(one[of]).large)),
    };
    return [ms(small), ms(large)];
  };
  return [
    {
      title: "customers.list by filter",
      lines: [
        `Whole calls of the procedure in this process: permission, scoped transaction, page, groups, counts, checked output; ${whole(combinations.length)} combinations of sort, direction, filter and page (first, middle, last), ${whole(calls)} calls. Small and large are the two sizes.`,
        "",
        ...plainTable(
          [
            "filter",
            "p50 small",
            "p50 large",
            "p95 small",
            "p95 large",
            "median ratio",
            "worst ratio",
            "p50 within goal",
          ],
          filters.map((filter) => {
            const part = combinations.filter((one) => one.filter === filter);
            const ratios = part.map((one) => one.ratio50);
            return [
              filter,
              ...middle(part, "p50"),
              ...middle(part, "p95"),
              times(median(ratios)),
              times(Math.max(...ratios)),
              share(part),
            ];
          }),
        ),
      ],
    },
    {
      title: "The slowest combinations",
      lines: plainTable(
        ["sort", "filter", "page", "p50 small", "p50 large", "p95 large", "ratio"],
        combinations
          .toSorted((a, b) => b.ratio50 - a.ratio50)
          .slice(0, WORST)
          .map((one) => [
            one.sort,
            one.filter,
            one.page,
            ms(pair(one.p50).small),
            ms(pair(one.p50).large),
            ms(pair(one.p95).large),
            times(one.ratio50),
          ]),
      ),
    },
  ];
}
