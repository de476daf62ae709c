import type { ReactNode } from "react";

/** A form that does one thing to an account and leads back to `back`; the button is given. */
export function AccountForm({
  accountId,
  action,
  back,
  membershipId,
  fields = {},
  className,
  children,
}: {
  accountId: string;
  action: string;
  back: string;
  membershipId: string;
  fields?: Record<string, string>;
  className?: string;
  children: ReactNode;
}) {
  const values = { action, return: back, ...fields };
  return (
    <form
      method="post"
      action={`/api/vendor-accounts/${accountId}?membership=${membershipId}`}
      className={className}
    >
      {Object.entries(values).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {children}
    </form>
  );
}
