export type ButtonLook = {
  variant?: "primary" | "secondary" | "quiet" | "danger";
  size?: "small" | "medium";
};

const variants = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong",
  secondary: "bg-surface text-ink ring-1 ring-inset ring-line-strong hover:bg-sunken",
  quiet: "text-ink-soft hover:bg-sunken hover:text-ink",
  danger: "bg-danger text-on-accent hover:brightness-90",
};
const sizes = { small: "min-h-7 gap-1.5 px-2 text-caption", medium: "min-h-9 gap-2 px-3 text-body" };

/** Shared by buttons and links that look like one. */
export const buttonClass = ({ variant = "secondary", size = "medium" }: ButtonLook) =>
  `inline-flex items-center justify-center rounded-md font-medium transition-colors select-none print:hidden
  disabled:cursor-not-allowed disabled:opacity-50 aria-busy:cursor-progress ${variants[variant]} ${sizes[size]}`;
