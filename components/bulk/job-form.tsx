import type { ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import type { ButtonLook } from "#components/ui/button-class.ts";

/** One button that does something with a job, by a plain POST; `children` before it are its fields. */
export function JobForm({
  bulkId,
  does,
  lang,
  membershipId,
  label,
  icon,
  variant = "secondary",
  isDisabled = false,
  children,
}: {
  bulkId: string;
  does: "start" | "cancel" | "undo" | "retry";
  lang: string;
  /** The membership that the page was shown for. */
  membershipId: string;
  label: string;
  icon?: ReactNode;
  variant?: NonNullable<ButtonLook["variant"]>;
  isDisabled?: boolean;
  children?: ReactNode;
}) {
  return (
    <form
      method="post"
      action={`/api/bulk/${bulkId}/${does}?lang=${lang}&membership=${membershipId}`}
      className={children === undefined ? "" : "grid max-w-xl gap-4"}
    >
      {children}
      <div>
        <Button type="submit" variant={variant} icon={icon} disabled={isDisabled}>
          {label}
        </Button>
      </div>
    </form>
  );
}
