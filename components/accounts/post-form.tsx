import type { ReactNode } from "react";
import type { Language } from "#locales/languages.ts";

/** Where a form of the accounts is sent, and for which page it was shown. */
export type PostTarget = { to: string; membershipId: string; lang: Language };

/** A form that works without scripts; `fields` are sent along unseen. */
export function PostForm({
  target: { to, membershipId, lang },
  fields = {},
  className,
  children,
}: {
  target: PostTarget;
  fields?: Readonly<Record<string, string>>;
  className?: string;
  children: ReactNode;
}) {
  return (
    <form method="post" action={`${to}?lang=${lang}&membership=${membershipId}`} className={className}>
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {children}
    </form>
  );
}
