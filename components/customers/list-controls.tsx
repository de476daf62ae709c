"use client";

import Link from "next/link";
import { type ReactNode, useState } from "react";
import {
  CalendarIcon,
  ChevronDownIcon,
  ClockIcon,
  CloseIcon,
  FilterIcon,
  GaugeIcon,
  HourglassIcon,
  LockIcon,
  SearchIcon,
  TickCircleIcon,
  TriangleIcon,
} from "#components/ui/icons.tsx";
import { Button } from "#components/ui/button.tsx";
import { Select, TextInput } from "#components/ui/input.tsx";
import { SearchField } from "#components/search/search-field.tsx";
import { ListForm } from "./list-form.tsx";

const shapes = {
  warning: TriangleIcon,
  sync_pending: ClockIcon,
  access_disabled: LockIcon,
  synced: TickCircleIcon,
  stale: HourglassIcon,
  expiring: CalendarIcon,
  overUsed: GaugeIcon,
};
type Option = [value: string, label: string];
export type ControlsProps = {
  action: string;
  strip: {
    label: string;
    entries: [
      kind: keyof typeof shapes | "",
      label: string,
      count: string,
      href: string,
      isCurrent: boolean,
      title: string,
      /** "more than", where counting stopped at the count. */
      moreThan: string,
      /** Where the figure is explained, and how that link is called. */
      explained: string,
      about: string,
    ][];
  };
  search: {
    label: string;
    placeholder: string;
    submit: string;
    key: string;
    matches: string;
    failed: string;
  };
  filters: {
    title: string;
    more: string;
    active: number;
    isMoreActive: boolean;
    /** The most days within which something may be asked to end. */
    mostDays: number;
    /** So many of the fields stand open, the others behind `more`. */
    open: number;
    fields: [name: string, label: string, options: Option[]][];
    switches: [name: string, label: string, value: string][];
    sort: [label: string, options: Option[]];
  };
  /** What the address holds; also what the fields show. */
  values: Record<string, string>;
  found: string;
  chips: {
    label: string;
    entries: [text: string, remove: string, href: string][];
    clear: [text: string, href: string] | undefined;
  };
};

/** Any number of days, those of the choices offered; the first of these is what stands in the empty field. */
function Days({
  name,
  label,
  options: [[, empty] = ["", ""], ...offered],
  most,
  value,
}: {
  name: string;
  label: string;
  options: Option[];
  most: number;
  value: string | undefined;
}) {
  return (
    <>
      <TextInput
        type="number"
        name={name}
        aria-label={label}
        placeholder={empty}
        min={1}
        max={most}
        step={1}
        list={`${name}-offered`}
        defaultValue={value ?? ""}
      />
      <datalist id={`${name}-offered`}>
        {offered.map(([days, text]) => (
          <option key={days} value={days} label={text} />
        ))}
      </datalist>
    </>
  );
}

/** What narrows the list: status strip, search, filters, and what is in force; `children` stand beside that. */
export function ListControls({
  action,
  strip,
  search,
  filters,
  values,
  found,
  chips,
  children,
}: ControlsProps & { children?: ReactNode }) {
  // What was opened stays open when the last filter in it is taken away.
  const [isMoreOpen, setMoreOpen] = useState(filters.isMoreActive);
  const choice = ([name, label, options]: [string, string, Option[]]) =>
    name === "expiring" ? (
      <Days
        key={name}
        name={name}
        label={label}
        options={options}
        most={filters.mostDays}
        value={values[name]}
      />
    ) : (
      <Select
        key={name}
        name={name}
        aria-label={label}
        defaultValue={values[name] ?? ""}
        options={options.map(([value, text]) => ({ value, label: text }))}
      />
    );
  return (
    <>
      <ul aria-label={strip.label} className="status-strip">
        {strip.entries.map(([kind, label, count, href, isCurrent, title, moreThan, explained, about]) => {
          const Shape = kind === "" ? undefined : shapes[kind];
          return (
            <li key={kind}>
              <Link
                href={href}
                prefetch={false}
                scroll={false}
                aria-current={isCurrent ? "true" : undefined}
                title={title || undefined}
              >
                <span className="label">
                  {Shape && <Shape className={`size-4 shrink-0 ${kind}`} />}
                  {label}
                </span>
                <span className="count">
                  {moreThan !== "" && <small>{`${moreThan} `}</small>}
                  {count}
                </span>
              </Link>
              <Link href={explained} prefetch={false} className="about" aria-label={about} />
            </li>
          );
        })}
      </ul>
      <ListForm action={action} label={search.label} values={values}>
        <div className="search">
          <SearchIcon />
          <SearchField action={action} value={values["q"] ?? ""} texts={search} />
          <kbd aria-hidden="true">/</kbd>
        </div>
        <Button type="submit">{search.submit}</Button>
        <details className="filters">
          <summary>
            <FilterIcon />
            {filters.title}
            {filters.active > 0 && <span className="tag">{filters.active}</span>}
            <ChevronDownIcon />
          </summary>
          <div className="fields">
            {filters.fields.slice(0, filters.open).map(choice)}
            <Select
              name="sort"
              aria-label={filters.sort[0]}
              className="sort-field"
              defaultValue={values["sort"] ?? ""}
              options={filters.sort[1].map(([value, text]) => ({ value, label: text }))}
            />
          </div>
          <details
            className="more"
            open={isMoreOpen || filters.isMoreActive}
            onToggle={({ currentTarget }) => setMoreOpen(currentTarget.open)}
          >
            <summary>
              {filters.more}
              <ChevronDownIcon />
            </summary>
            <div className="fields">{filters.fields.slice(filters.open).map(choice)}</div>
            <div className="switches">
              {filters.switches.map(([name, label, value]) => (
                <label key={name}>
                  <input type="checkbox" name={name} value={value} defaultChecked={values[name] === value} />
                  {label}
                </label>
              ))}
            </div>
          </details>
        </details>
        {["pageSize", "columns"].map(
          (name) =>
            values[name] !== undefined && <input key={name} type="hidden" name={name} value={values[name]} />,
        )}
      </ListForm>
      <div className="list-found">
        <output>{found}</output>
        {chips.entries.length > 0 && (
          <ul aria-label={chips.label} className="chips">
            {chips.entries.map(([text, remove, href]) => (
              <li key={text}>
                <Link href={href} prefetch={false} scroll={false} aria-label={remove}>
                  <bdi>{text}</bdi>
                  <CloseIcon className="size-3.5 shrink-0" />
                </Link>
              </li>
            ))}
            {chips.clear && (
              <li>
                <Link className="clear" href={chips.clear[1]} prefetch={false} scroll={false}>
                  {chips.clear[0]}
                </Link>
              </li>
            )}
          </ul>
        )}
        {children}
      </div>
    </>
  );
}
