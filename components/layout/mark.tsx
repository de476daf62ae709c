/** The mark: an open gallery seen from the front, three arches on slender columns over a balustrade. */
export function Mark({ className = "size-7", label }: { className?: string; label?: string }) {
  return (
    <svg
      viewBox="0 0 32 32"
      className={`fill-accent ${className}`}
      {...(label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label })}
    >
      <path d="M2.5 4h27a1 1 0 0 1 1 1v2a1 1 0 0 1-1 1h-27a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1ZM2.5 25.5h27a1 1 0 0 1 1 1v1a1 1 0 0 1-1 1h-27a1 1 0 0 1-1-1v-1a1 1 0 0 1 1-1Z" />
      <path
        fillRule="evenodd"
        d="M3 7h26v19H3ZM5 19.5h5.5v-5.25a2.75 2.75 0 0 0-5.5 0ZM12.5 19.5h7V14a3.5 3.5 0 0 0-7 0ZM21.5 19.5H27v-5.25a2.75 2.75 0 0 0-5.5 0ZM5 21.5v4h5.5v-4ZM12.5 21.5v4h7v-4ZM21.5 21.5v4H27v-4Z"
      />
    </svg>
  );
}
