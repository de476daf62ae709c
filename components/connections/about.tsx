import { InfoIcon } from "#components/ui/icons.tsx";

/** What a column says, on its own button, so that hover is not needed. */
export function About({ id, label, text }: { id: string; label: string; text: string }) {
  return (
    <span className="tooltip">
      <button type="button" popoverTarget={`about-${id}`} aria-label={label} aria-describedby={`about-${id}`}>
        <InfoIcon className="size-3.5 text-ink-soft" />
      </button>
      <span id={`about-${id}`} popover="auto">
        {text}
      </span>
    </span>
  );
}
