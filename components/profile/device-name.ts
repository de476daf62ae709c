/** Browser and system of a User-Agent, as far as people know them by name; null for what is neither. */
export function deviceOf(userAgent: string): { browser: string; system: string } | null {
  const found = (names: readonly [string, RegExp][]) =>
    names.find(([, pattern]) => pattern.test(userAgent))?.[0];
  // In this order: most browsers also claim to be those below them.
  const browser = found([
    ["Edge", /\bEdgA?\//],
    ["Opera", /\bOPR\//],
    ["Samsung Internet", /SamsungBrowser\//],
    ["Firefox", /\b(?:Firefox|FxiOS)\//],
    ["Chrome", /\b(?:(?:Headless)?Chrome|CriOS)\//],
    ["Safari", /\bSafari\//],
  ]);
  const system = found([
    ["iPhone", /\biPhone\b/],
    ["iPad", /\biPad\b/],
    ["Android", /\bAndroid\b/],
    ["Windows", /\bWindows\b/],
    ["macOS", /\bMac OS X\b/],
    ["ChromeOS", /\bCrOS\b/],
    ["Linux", /\bLinux\b/],
  ]);
  return browser !== undefined && system !== undefined ? { browser, system } : null;
}
