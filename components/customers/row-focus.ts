/** A control of the table: which one of which row, the head's row being the one without an id. */
export type Place = { row: string; index: number };

const controls = "a[href], button, input, summary, [tabindex]";
const rowOf = (element: Element): string => element.closest("tr")?.dataset["rowId"] ?? "";
const controlsOf = (table: HTMLTableElement, row: string): HTMLElement[] =>
  [...table.querySelectorAll<HTMLElement>(controls)].filter((element) => rowOf(element) === row);

/** Where the focus is, if it is in this table. */
export function focusedPlace(table: HTMLTableElement): Place | undefined {
  const at = document.activeElement;
  if (!(at instanceof HTMLElement) || !table.contains(at)) return undefined;
  const row = rowOf(at);
  return { row, index: controlsOf(table, row).indexOf(at) };
}

/** Gives the focus to the same control of the same row, if this table still has it. */
export function focusPlace(table: HTMLTableElement, { row, index }: Place): void {
  controlsOf(table, row)[index]?.focus({ preventScroll: true });
}
