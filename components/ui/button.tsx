"use client";

import type { ComponentProps, ReactNode } from "react";
import { type ButtonLook, buttonClass } from "./button-class.ts";

/** A button says what it does with a verb; `icon` stands before the text. */
export function Button({
  variant,
  size,
  icon,
  className = "",
  type = "button",
  children,
  ...rest
}: ButtonLook & ComponentProps<"button"> & { icon?: ReactNode }) {
  return (
    <button
      type={type}
      className={`${buttonClass({ ...(variant && { variant }), ...(size && { size }) })} ${className}`}
      {...rest}
    >
      {icon}
      {children}
    </button>
  );
}

/** A square button with an icon only: `label` is its name. */
export function IconButton({
  label,
  icon,
  className = "",
  type = "button",
  ...rest
}: Omit<ComponentProps<"button">, "children"> & { label: string; icon: ReactNode }) {
  return (
    <button
      type={type}
      aria-label={label}
      title={label}
      className={`${buttonClass({ variant: "quiet" })} size-9 px-0 ${className}`}
      {...rest}
    >
      {icon}
    </button>
  );
}
