/** Where this device keeps that keys without Ctrl or ⌘ do nothing; nothing kept: they do (WCAG 2.1.4). */
const KEPT = "single-keys";
/** What was chosen where the browser keeps nothing, until the page is left. */
let chosen = true;

/** Whether `/`, `?` and `g` with a letter do something on this device. */
export function hasSingleKeys(): boolean {
  try {
    return localStorage.getItem(KEPT) !== "off";
  } catch {
    return chosen;
  }
}

/** Switches them on or off. */
export function setSingleKeys(isOn: boolean): void {
  chosen = isOn;
  try {
    if (isOn) localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, "off");
  } catch {
    // The browser keeps nothing; it holds for this page.
  }
}
