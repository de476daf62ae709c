"use client";

import { useSyncExternalStore, useState } from "react";
import { Button } from "#components/ui/button.tsx";

const never = () => () => undefined;

/** A link to a page of ours in whoever opens it's language; a button copies it where the browser lets a script do so. */
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
  // Browsers have no clipboard for pages that come over plain HTTP.
  const mayCopy = useSyncExternalStore(
    never,
    () => "clipboard" in navigator,
    () => false,
  );
  const [isCopied, setCopied] = useState(false);
  return (
    <p className="row link">
      <a href={path}>{label}</a>
      {mayCopy && (
        <Button
          size="small"
          onClick={() => {
            void navigator.clipboard.writeText(location.origin + path).then(
              () => setCopied(true),
              () => setCopied(false),
            );
          }}
        >
          <span aria-live="polite">{isCopied ? copied : copy}</span>
        </Button>
      )}
    </p>
  );
}
