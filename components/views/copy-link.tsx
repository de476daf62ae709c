"use client";

import { useSyncExternalStore, useState } from "react";
import { Button } from "#components/ui/button.tsx";

const never = () => () => undefined;

/** A link to a page of ours in whoever opens it's language; with a script a button copies it. */
export function CopyLink({
  path,
  label,
  copy,
  copied,
}: {
  path: string;
  label: string;
  copy: string;
  copied: string;
}) {
  const hasScript = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  const [isCopied, setCopied] = useState(false);
  return (
    <p className="row link">
      <a href={path}>{label}</a>
      {hasScript && (
        <Button
          size="small"
          onClick={() => {
            void navigator.clipboard.writeText(location.origin + path).then(() => setCopied(true));
          }}
        >
          <span aria-live="polite">{isCopied ? copied : copy}</span>
        </Button>
      )}
    </p>
  );
}
