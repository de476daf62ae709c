import type { ReactNode } from "react";

/** The page's title with its one main action; `above` holds a breadcrumb, `below` status, figures or tabs. */
export function PageHeader({
  title,
  lead,
  above,
  actions,
  below,
}: {
  title: ReactNode;
  lead?: ReactNode;
  above?: ReactNode;
  actions?: ReactNode;
  below?: ReactNode;
}) {
  return (
    <header className="mb-6">
      {above !== undefined && <div className="mb-2">{above}</div>}
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h1 className="text-title font-bold text-balance">{title}</h1>
          {lead !== undefined && <div className="mt-1 max-w-prose text-ink-soft">{lead}</div>}
        </div>
        {actions !== undefined && <div className="flex flex-wrap gap-2">{actions}</div>}
      </div>
      {below !== undefined && <div className="mt-4">{below}</div>}
    </header>
  );
}
