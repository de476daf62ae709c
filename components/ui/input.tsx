import type { ComponentProps } from "react";

const control = `w-full rounded-md bg-surface text-ink ring-1 ring-inset ring-line-strong transition-shadow
  placeholder:text-ink-soft hover:ring-ink-soft focus-visible:outline-offset-0 aria-invalid:ring-2 aria-invalid:ring-danger
  disabled:cursor-not-allowed disabled:bg-sunken disabled:text-ink-soft`;

/** 16 px of text on phones, so that they do not zoom in on focus. */
const size = "min-h-10 px-3 text-prose sm:min-h-9 sm:text-body";

export function TextInput({ className = "", type = "text", ...rest }: ComponentProps<"input">) {
  return <input type={type} className={`${control} ${size} ${className}`} {...rest} />;
}

export function TextArea({ className = "", rows = 4, ...rest }: ComponentProps<"textarea">) {
  return <textarea rows={rows} className={`${control} ${size} py-2 ${className}`} {...rest} />;
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

/** The whole line is the target, 24 px and more. */
export function Checkbox({
  label,
  hint,
  className = "",
  ...rest
}: Omit<ComponentProps<"input">, "type"> & { label: string; hint?: string }) {
  return (
    <label
      className={`flex min-h-9 cursor-pointer items-start gap-2.5 py-2 has-disabled:cursor-not-allowed has-disabled:text-ink-soft ${className}`}
    >
      <input type="checkbox" className="mt-0.5 size-4 shrink-0" {...rest} />
      <span>
        {label}
        {hint !== undefined && <span className="block text-caption text-ink-soft">{hint}</span>}
      </span>
    </label>
  );
}
