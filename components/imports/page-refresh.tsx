"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

/** Reads the page anew every second while it is on screen; without scripts the page's own refresh does. */
export function PageRefresh() {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) router.refresh();
    }, 1_000);
    return () => clearInterval(timer);
  }, [router]);
  return null;
}
