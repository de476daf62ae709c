import type { ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";

/** One button that posts one identifier, so that it needs no script; `name` says to screen readers what it is about. */
export function ActionForm({
  action,
  field,
  value,
  membershipId,
  returnTo,
  icon,
  name,
  children,
}: {
  action: "cancel" | "retry" | "redrive";
  field: "runId" | "batchId" | "connectionId" | "jobId";
  value: string;
  /** The membership that the page was shown for. */
  membershipId: string;
  returnTo: string;
  icon?: ReactNode;
  name?: string;
  children: ReactNode;
}) {
  return (
    <form method="post" action={`/api/sync/${action}?membership=${membershipId}`}>
      <input type="hidden" name={field} value={value} />
      <input type="hidden" name="return" value={returnTo} />
      <Button type="submit" size="small" icon={icon} {...(name !== undefined && { "aria-label": name })}>
        {children}
      </Button>
    </form>
  );
}
