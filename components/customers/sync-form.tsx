import type { ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import { SyncIcon } from "#components/ui/icons.tsx";

/** Starts a synchronisation by a plain POST, so that it needs no script; `return` is the page that tells the outcome. */
export function SyncForm({
  membershipId,
  customerId,
  groupId,
  returnTo,
  isMain = false,
  children,
}: {
  /** The membership that the page was shown for. */
  membershipId: string;
  customerId?: string;
  groupId?: string;
  returnTo: string;
  isMain?: boolean;
  children: ReactNode;
}) {
  return (
    <form method="post" action={`/api/sync?membership=${membershipId}`}>
      {customerId !== undefined ? (
        <input type="hidden" name="customerId" value={customerId} />
      ) : groupId !== undefined ? (
        <input type="hidden" name="groupId" value={groupId} />
      ) : (
        <input type="hidden" name="all" value="1" />
      )}
      <input type="hidden" name="return" value={returnTo} />
      <Button type="submit" variant={isMain ? "primary" : "secondary"} icon={<SyncIcon />}>
        {children}
      </Button>
    </form>
  );
}
