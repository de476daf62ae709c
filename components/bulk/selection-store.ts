/**
 * The customers that were picked by hand, kept for this tab across the pages, filters and orders of the list; `owner` is
 * the membership that picked them. `isSent`: they are on their way to become a job; `bulkId`: they became this one.
 */
export type Selection = { ids: string[]; isSent?: true; bulkId?: string };

const keyOf = (owner: string) => `selection ${owner}`;

/** What is kept; nothing where a browser keeps nothing. */
export function readSelection(owner: string): Selection {
  try {
    const kept = JSON.parse(sessionStorage.getItem(keyOf(owner)) ?? "null") as Selection | null;
    return kept ?? { ids: [] };
  } catch {
    return { ids: [] };
  }
}

export function writeSelection(owner: string, selection: Selection): void {
  try {
    if (selection.ids.length === 0) sessionStorage.removeItem(keyOf(owner));
    else sessionStorage.setItem(keyOf(owner), JSON.stringify(selection));
  } catch {
    // Then a selection lasts as long as its page.
  }
}
