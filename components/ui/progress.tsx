/** Work that can be counted: `text` says the numbers ("812 of 2,000"). Without `value` it is not known how much there is. */
export function Progress({
  label,
  value,
  max,
  text,
  isLabelShown = true,
}: {
  label: string;
  value?: number;
  max: number;
  text: string;
  /** The name stands beside already. */
  isLabelShown?: boolean;
}) {
  return (
    <div>
      <div className="mb-1.5 flex flex-wrap justify-between gap-x-4">
        {isLabelShown && <span className="font-medium">{label}</span>}
        <span className="text-ink-soft">{text}</span>
      </div>
      <progress
        aria-label={label}
        aria-valuetext={text}
        value={value}
        max={max}
        className="bar h-2 w-full text-accent"
      />
    </div>
  );
}
