/**
 * The checkbox in the head ticks the rows of the page; Shift ticks all between two. Each change is a `change` event of
 * the table, which the selection bar hears.
 */
export function selectRows(table: HTMLTableElement, signal: AbortSignal): void {
  const whole = table.querySelector<HTMLInputElement>("[data-select-page]");
  const boxes = [...table.querySelectorAll<HTMLInputElement>("tbody input[name=id]")];
  if (!whole) return;
  whole.hidden = false;
  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    whole.checked = ticked > 0 && ticked === boxes.length;
    whole.indeterminate = ticked > 0 && ticked < boxes.length;
    for (const box of boxes) box.closest("tr")?.setAttribute("aria-selected", String(box.checked));
  };
  let last: HTMLInputElement | undefined;
  let isRange = false;
  table.addEventListener("click", (event) => (isRange = event.shiftKey), { signal, capture: true });
  table.addEventListener(
    "change",
    ({ target, isTrusted }) => {
      if (!(target instanceof HTMLInputElement)) return;
      // The selection bar has ticked or cleared rows: no place to begin a range.
      if (!isTrusted) {
        last = undefined;
        return show();
      }
      if (target === whole) for (const box of boxes) box.checked = whole.checked;
      else if (isRange && last) {
        const [from = 0, to = 0] = [boxes.indexOf(last), boxes.indexOf(target)].sort((a, b) => a - b);
        for (const box of boxes.slice(from, to + 1)) box.checked = target.checked;
      }
      last = target;
      show();
    },
    { signal },
  );
  // A browser that is gone back to has kept what was ticked.
  show();
}
