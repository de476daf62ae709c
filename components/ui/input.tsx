import type { ComponentProps } from "react";

const control = `w-full rounded-md bg-surface text-ink ring-1 ring-inset ring-line-strong transition-shadow
  placeholder:text-ink-soft hover:ring-ink-soft focus-visible:outline-offset-0 aria-invalid:ring-2 aria-invalid:ring-danger
  disabled:cursor-not-allowed disabled:bg-sunken disabled:text-ink-soft`;

/** 16 px of text on phones, so that they do not zoom in on focus. */
const size = "min-h-10 px-3 text-prose sm:min-h-9 sm:text-body";

export function TextInput({ className = "", type = "text", ...rest }: ComponentProps<"input">) {
  return <input type={type} className={`${control} ${size} ${className}`} {...rest} />;
}

export type SelectOption = { value: string; label: string; disabled?: boolean };

export function Select({
  options,
  className = "",
  ...rest
}: Omit<ComponentProps<"select">, "children"> & { options: readonly SelectOption[] }) {
  return (
    <select className={`${control} ${size} select-arrow pr-8 ${className}`} {...rest}>
      {options.map((option) => (
        <option key={option.value} value={option.value} disabled={option.disabled}>
          {option.label}
        </option>
      ))}
    </select>
  );
}
