import type { ReactNode } from "react";

/**
 * What a thing means, on hover, focus and tap, without a script: the thing is a button that opens a popover (Escape
 * closes it), and hover shows the same box. Look: `tooltip.css`. Not inside a `<p>`: the content may be a list.
 */
export function Tooltip({ id, children, content }: { id: string; children: ReactNode; content: ReactNode }) {
  return (
    <div className="tooltip">
      <button type="button" popoverTarget={id} aria-describedby={id}>
        {children}
      </button>
      <div id={id} popover="auto">
        {content}
      </div>
    </div>
  );
}
