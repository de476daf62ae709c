/* oxlint-disable jsx-a11y/prefer-tag-over-role, jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- focus and keys of a combobox stay in its field */
"use client";

export type Option = { key: string; label: string; detail: string };
export type OptionGroup<O extends Option = Option> = { label: string; options: O[] };

/** The id of the option in this place of the list `id`. */
export const optionId = (id: string, place: number) => `${id}-${place}`;

/** What a combobox offers, in groups; `at` is the chosen place, counted through all groups. */
export function Options<O extends Option>({
  id,
  label,
  groups,
  at,
  isShown = true,
  onChoose,
}: {
  id: string;
  label: string;
  groups: readonly OptionGroup<O>[];
  at: number;
  isShown?: boolean;
  onChoose: (option: O) => void;
}) {
  const places = new Map(groups.flatMap(({ options }) => options).map((option, place) => [option, place]));
  return (
    <div id={id} role="listbox" aria-label={label} className="options" hidden={!isShown}>
      {groups.map((group) => (
        <div key={group.label} role="group" aria-label={group.label}>
          {groups.length > 1 && <p aria-hidden="true">{group.label}</p>}
          {group.options.map((option) => {
            const place = places.get(option) ?? 0;
            return (
              <div
                key={option.key}
                id={optionId(id, place)}
                role="option"
                aria-selected={place === at}
                // A press would take the focus out of the field and close the list before the click.
                onPointerDown={(event) => event.preventDefault()}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => onChoose(option)}
              >
                <bdi>{option.label}</bdi>
                {option.detail !== "" && <small>{option.detail}</small>}
              </div>
            );
          })}
        </div>
      ))}
    </div>
  );
}
