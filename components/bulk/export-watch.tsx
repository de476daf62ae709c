"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";

/** So long the page looks for a download that was asked for; from then on the page of its progress does. */
const LOOKS = 10;

/** Reads the page anew once the form around it has asked for a file, because a download leaves its page as it was. */
export function ExportWatch() {
  const router = useRouter();
  const place = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const form = place.current?.closest("form");
    let timer: NodeJS.Timeout | undefined;
    const watch = () => {
      let left = LOOKS;
      clearInterval(timer);
      timer = setInterval(() => {
        router.refresh();
        left -= 1;
        if (left === 0) clearInterval(timer);
      }, 1_000);
    };
    form?.addEventListener("submit", watch);
    return () => {
      clearInterval(timer);
      form?.removeEventListener("submit", watch);
    };
  }, [router]);
  return <span ref={place} hidden />;
}
