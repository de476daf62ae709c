import type { ReactNode } from "react";

/** Nothing here: a sentence, the reason, one action. `level` keeps the headings of the page in order. */
export function EmptyState({
  title,
  reason,
  icon,
  action,
  level = 2,
}: {
  title: string;
  reason?: ReactNode;
  icon?: ReactNode;
  action?: ReactNode;
  level?: 1 | 2 | 3;
}) {
  const Heading = `h${level}` as const;
  return (
    <div className="flex flex-col items-center px-6 py-12 text-center">
      {icon !== undefined && <div className="mb-4 text-ink-soft">{icon}</div>}
      <Heading className="text-prose font-semibold">{title}</Heading>
      {reason !== undefined && <div className="mt-1 max-w-md text-ink-soft">{reason}</div>}
      {action !== undefined && <div className="mt-5 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
