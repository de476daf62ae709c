"use client";

import { useEffect } from "react";
import { readSelection, writeSelection } from "./selection-store.ts";

/** Forgets what was picked in the list once the draft that it became is begun or discarded; until then it can be picked on. */
export function SelectionEnd({
  owner,
  bulkId,
  isDraft,
}: {
  owner: string;
  bulkId: string;
  isDraft: boolean;
}) {
  useEffect(() => {
    const kept = readSelection(owner);
    if (isDraft && kept.isSent) writeSelection(owner, { ids: kept.ids, bulkId });
    if (!isDraft && kept.bulkId === bulkId) writeSelection(owner, { ids: [] });
  }, [owner, bulkId, isDraft]);
  return null;
}
