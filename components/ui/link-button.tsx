"use client";

import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { type ButtonLook, buttonClass } from "./button-class.ts";

/** A link that looks like a button: it goes somewhere and changes nothing. */
export function LinkButton({
  variant,
  size,
  icon,
  className = "",
  children,
  ...rest
}: ButtonLook & Omit<ComponentProps<typeof Link>, "className"> & { className?: string; icon?: ReactNode }) {
  return (
    <Link
      prefetch={false}
      className={`${buttonClass({ ...(variant && { variant }), ...(size && { size }) })} ${className}`}
      {...rest}
    >
      {icon}
      {children}
    </Link>
  );
}
