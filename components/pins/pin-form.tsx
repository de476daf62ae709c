import { Button } from "#components/ui/button.tsx";
import { PinIcon } from "#components/ui/icons.tsx";

/** Pins or unpins a customer by a plain POST; `label` names the customer to who cannot see beside what it stands. */
export function PinForm({
  membershipId,
  customerId,
  isPinned,
  returnTo,
  lang,
  label,
  children,
}: {
  /** The membership that the page was shown for. */
  membershipId: string;
  customerId: string;
  isPinned: boolean;
  /** The page to lead back to; there `PinNotice` tells the outcome. */
  returnTo: string;
  lang: string;
  label: string;
  children: string;
}) {
  return (
    <form method="post" action={`/api/pins/${customerId}?lang=${lang}&membership=${membershipId}`}>
      <input type="hidden" name="act" value={isPinned ? "unpin" : "pin"} />
      <input type="hidden" name="return" value={returnTo} />
      <Button type="submit" variant="quiet" size="small" icon={<PinIcon />} aria-label={label}>
        {children}
      </Button>
    </form>
  );
}
