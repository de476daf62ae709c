"use client";

import Link from "next/link";
import {
  ChevronDownIcon,
  ClockIcon,
  CloseIcon,
  FilterIcon,
  LockIcon,
  SearchIcon,
  TickCircleIcon,
  TriangleIcon,
} from "#components/ui/icons.tsx";
import { Button } from "#components/ui/button.tsx";
import { Select, TextInput } from "#components/ui/input.tsx";
import { ListForm } from "./list-form.tsx";

const shapes = {
  warning: TriangleIcon,
  sync_pending: ClockIcon,
  access_disabled: LockIcon,
  synced: TickCircleIcon,
};
type Option = [value: string, label: string];
export type ControlsProps = {
  action: string;
  strip: {
    label: string;
    moreThan: string;
    entries: [
      status: keyof typeof shapes | "",
      label: string,
      count: string,
      href: string,
      isCurrent: boolean,
      title: string,
    ][];
  };
  search: { label: string; placeholder: string; submit: string; key: string };
  filters: { title: string; active: number; fields: [name: string, label: string, options: Option[]][] };
  /** What the address holds; also what the fields show. */
  values: Record<string, string>;
  found: string;
  chips: {
    label: string;
    entries: [text: string, remove: string, href: string][];
    clear: [text: string, href: string] | undefined;
  };
};

/** What narrows the list: status strip, search, filters, and what is in force. Client for its short props, as the table. */
export function ListControls({ action, strip, search, filters, values, found, chips }: ControlsProps) {
  return (
    <>
      <ul aria-label={strip.label} className="status-strip">
        {strip.entries.map(([status, label, count, href, isCurrent, title]) => {
          const Shape = status === "" ? undefined : shapes[status];
          return (
            <li key={status}>
              <Link
                href={href}
                prefetch={false}
                scroll={false}
                aria-current={isCurrent ? "true" : undefined}
                title={title || undefined}
              >
                <span className="label">
                  {Shape && <Shape className={`size-4 shrink-0 ${status}`} />}
                  {label}
                </span>
                <span className="count">
                  {strip.moreThan !== "" && <small>{`${strip.moreThan} `}</small>}
                  {count}
                </span>
              </Link>
            </li>
          );
        })}
      </ul>
      <ListForm action={action} label={search.label} values={values}>
        <div className="search">
          <SearchIcon />
          <TextInput
            type="search"
            name="q"
            maxLength={200}
            defaultValue={values["q"] ?? ""}
            aria-label={search.label}
            aria-keyshortcuts="/"
            placeholder={search.placeholder}
            title={search.key}
            autoComplete="off"
            spellCheck={false}
          />
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
            {filters.fields.map(([name, label, options]) => (
              <Select
                key={name}
                name={name}
                aria-label={label}
                className={name === "sort" ? "sort-field" : ""}
                defaultValue={values[name] ?? ""}
                options={options.map(([value, text]) => ({ value, label: text }))}
              />
            ))}
          </div>
        </details>
        {values["pageSize"] !== undefined && (
          <input type="hidden" name="pageSize" value={values["pageSize"]} />
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
      </div>
    </>
  );
}
