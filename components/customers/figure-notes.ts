/** The page that explains every figure, read once and only when somebody asks. */
let page: Promise<Document> | undefined;

async function read(href: string): Promise<Document> {
  const response = await fetch(href);
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

/** What the page of figures says of one: its row, one line for each cell with the cell's head before it. */
function linesOf(figures: Document, id: string): HTMLElement[] {
  const row = figures.querySelector<HTMLTableRowElement>(`tr[id="${CSS.escape(id)}"]`);
  const heads = [...(row?.closest("table")?.querySelectorAll("thead th") ?? [])];
  return [...(row?.cells ?? [])].map((cell, index) => {
    const line = document.createElement(index === 0 ? "b" : "span");
    const text = cell.textContent.trim();
    line.textContent = index < 2 ? text : `${heads[index]?.textContent.trim() ?? ""}: ${text}`;
    return line;
  });
}

/**
 * The marks beside the heads lead to the page of figures; with a script they say on hover, focus and click what stands
 * there. Without one, or without that page, the link remains.
 */
export function explainFigures(table: HTMLTableElement, href: string, signal: AbortSignal): void {
  const note = document.createElement("div");
  note.popover = "auto";
  note.className = "figure-note";
  table.parentElement?.append(note);
  signal.addEventListener("abort", () => note.remove());
  let wanted: HTMLAnchorElement | null = null;
  const show = async (link: HTMLAnchorElement) => {
    wanted = link;
    page ??= read(href);
    const figures = await page.catch(() => (page = undefined));
    if (wanted !== link || !figures) return;
    const lines = linesOf(figures, new URL(link.href).hash.slice(1));
    if (lines.length === 0) return;
    note.replaceChildren(...lines);
    link.classList.add("explained");
    note.showPopover();
  };
  const hide = () => {
    wanted?.classList.remove("explained");
    wanted = null;
    note.hidePopover();
  };
  const linkOf = ({ target }: Event) =>
    target instanceof Element ? target.closest<HTMLAnchorElement>("a.about") : null;
  const enter = (event: Event) => {
    const link = linkOf(event);
    if (link && link !== wanted) {
      hide();
      void show(link);
    }
  };
  const leave = (event: Event) => linkOf(event) && hide();
  table.addEventListener("pointerover", enter, { signal });
  table.addEventListener("focusin", enter, { signal });
  table.addEventListener("pointerout", leave, { signal });
  table.addEventListener("focusout", leave, { signal });
}
