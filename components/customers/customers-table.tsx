"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, useEffect, useRef } from "react";
import { UsageBar } from "./usage-bar.tsx";

/** 0 stands for "no data" wherever a figure may be missing; a measured zero is the text "0". */
type Cell<Value> = Value | 0;
export type HeadTuple = [id: string, label: string, meaning: string, nextSort: string, sorted: 1 | -1 | 0, isNumber: boolean];
export type RowTuple = [
  id: string,
  name: string,
  details: string,
  status: keyof TableWords["status"],
  reasons: [title: string, more: string, advice: number][],
  blank: keyof TableWords["blank"],
  isOrder: boolean,
  unprotected: string,
  groups: string[],
  devices: Cell<string>[],
  licenceState: keyof TableWords["state"] | "",
  licensed: Cell<string>,
  used: Cell<[text: string, length: number, over: string]>,
  endsOn: Cell<string>,
  alerts: Cell<string[]>,
  lastSync: Cell<[age: string, at: string]>,
  keyColumn: keyof TableWords["key"] | "",
];
export type TableWords = {
  advice: [advice: string, rule: string][];
  caption: string;
  about: string[];
  status: Record<"synced" | "warning" | "sync_pending" | "access_disabled" | "not_applicable", string>;
  blank: Record<"no_access" | "pending" | "not_entitled" | "not_reported", string>;
  state: Record<"expired" | "suspended" | "expiring" | "trial" | "active" | "none", string>;
  severity: string[];
  key: Record<"devicesTotal" | "devicesSilent" | "devicesUnprotected" | "used" | "lastSync", string>;
  order: string;
};
export type TableProps = { head: HeadTuple[]; groups: [label: string, span: number][]; rows: RowTuple[]; words: TableWords; base: string; sortBase: string };

const deviceColumns = ["devicesTotal", "devicesRecent", "devicesSilent", "devicesQuarantined", "devicesInactive", "devicesUnprotected"];
const severities = ["high", "medium", "low"];
const SHOWN_GROUPS = 2;

/**
 * The whole table as one client component: its rows travel once as HTML and once as these short tuples, instead of
 * once more as a tree of cells (measured in docs/benchmarks.md). Without a script it is the same HTML.
 */
export function CustomersTable({ head, groups, rows, words, base, sortBase }: TableProps) {
  const router = useRouter();
  const table = useRef<HTMLTableElement>(null);
  // Links stay plain for the sake of 50 rows; one listener turns a plain click into a soft navigation.
  useEffect(() => {
    const element = table.current;
    const follow = (event: MouseEvent) => {
      const href = event.target instanceof Element ? event.target.closest("a")?.getAttribute("href") : null;
      if (!href || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      router.push(href, { scroll: !href.startsWith(sortBase) });
    };
    element?.addEventListener("click", follow);
    return () => element?.removeEventListener("click", follow);
  }, [router, sortBase]);
  return (
    <table className="data-table customers" data-density="comfortable" ref={table}>
      <caption className="sr-only">{words.caption}</caption>
      <thead>
        <tr className="groups">
          {groups.map(([label, span], index) =>
            label === "" ? (
              <td key={index} colSpan={span} />
            ) : (
              <th key={index} colSpan={span} scope="colgroup">
                {label}
              </th>
            ),
          )}
        </tr>
        <tr>
          {head.map((column, index) => (
            <Head key={column[0]} column={column} about={words.about[index] ?? ""} sortBase={sortBase} />
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={row[0]} data-row-id={row[0]}>
            {head.map(([id]) => cell(id, row, words, `${base}/${row[0]}`, index))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Head({ column: [id, label, meaning, nextSort, sorted, isNumber], about, sortBase }: { column: HeadTuple; about: string; sortBase: string }) {
  const direction = sorted === 1 ? "ascending" : sorted === -1 ? "descending" : undefined;
  return (
    <th scope="col" className={isNumber ? "number" : undefined} aria-sort={direction}>
      <span className="head">
        {nextSort === "" ? label : <a className={`sort ${direction ?? "idle"}`} href={sortBase + nextSort}>{label}</a>}
        <span className="tooltip">
          <button type="button" className="about" popoverTarget={`about-${id}`} aria-label={about} aria-describedby={`about-${id}`} />
          <span id={`about-${id}`} popover="auto">
            {meaning}
          </span>
        </span>
      </span>
    </th>
  );
}

/** One cell by its column, so that the registry alone decides which there are and in what order. */
function cell(column: string, row: RowTuple, words: TableWords, href: string, index: number): ReactNode {
  const [, name, details, status, reasons, blank, isOrder, unprotected, groups, devices, licenceState, licensed, used, endsOn, alerts, lastSync, key] = row;
  /** `content` 0: no data, and the cell says why. */
  const figure = (content: ReactNode, isNumber = true, title?: string) => {
    const look = `${isNumber ? "number" : ""}${column === key ? " key" : ""}` || undefined;
    return content === 0 ? (
      <td key={column} data-column={column} data-blank={blank} className={look}>
        <span className="why">{words.blank[blank]}</span>
      </td>
    ) : (
      <td key={column} data-column={column} className={look} title={title} data-label={key !== "" && column === key ? words.key[key] : undefined}>
        {content}
      </td>
    );
  };
  const device = deviceColumns.indexOf(column);
  if (device >= 0) return figure(devices[device] ?? 0);
  switch (column) {
    case "name":
      return (
        <th key={column} scope="row" data-column={column}>
          <div className="line">
            <a className="name" href={href}>
              <bdi>{name}</bdi>
            </a>
            {isOrder && (
              <span className="coin" title={words.order}>
                <span className="sr-only">{words.order}</span>
              </span>
            )}
            {unprotected !== "" && (
              <a className="unprotected" href={`${href}?devices=unprotected#computers`} aria-label={unprotected} title={unprotected}>
                {devices[5]}
              </a>
            )}
          </div>
          <div className="details">{details}</div>
        </th>
      );
    case "status":
      return (
        <td key={column} data-column={column} data-status={status}>
          {reasons.length === 0 ? <span className="word">{words.status[status]}</span> : <Reasons id={`why-${index}`} word={words.status[status]} reasons={reasons} words={words} />}
        </td>
      );
    case "groups":
      return (
        <td key={column} data-column={column} title={groups.length > SHOWN_GROUPS ? groups.join(", ") : undefined}>
          {groups.slice(0, SHOWN_GROUPS).map((group) => (
            <bdi key={group} className="tag">
              {group}
            </bdi>
          ))}
          {groups.length > SHOWN_GROUPS && `+${groups.length - SHOWN_GROUPS}`}
        </td>
      );
    case "licenceState":
      return figure(licenceState === "" ? 0 : <span className={`state ${licenceState}`}>{words.state[licenceState]}</span>, false);
    case "licensed":
      return figure(licensed);
    case "used":
      return figure(
        used === 0 ? (
          0
        ) : (
          <>
            {used[1] >= 0 && <UsageBar length={used[1]} isOver={used[2] !== ""} />}
            {used[0]}
            {used[2] !== "" && <span className="sr-only">, {used[2]}</span>}
          </>
        ),
        true,
        used === 0 || used[2] === "" ? undefined : used[2],
      );
    case "licenceEndsOn":
      return figure(endsOn, false);
    case "alerts":
      return figure(alerts === 0 ? 0 : alerts.every((count) => count === "0") ? "0" : alerts.map((count, at) => count !== "0" && (
        <span key={severities[at]} className={`alert ${severities[at]}`}>
          {count}
          <span className="sr-only"> {words.severity[at]} </span>
        </span>
      )), false);
    case "lastSync":
      return figure(lastSync === 0 ? 0 : lastSync[0], true, lastSync === 0 ? undefined : lastSync[1]);
    default:
      return <td key={column} />;
  }
}

/** The status as a button that says why: on hover and focus at once, by a tap or Enter to stay. */
function Reasons({ id, word, reasons, words }: { id: string; word: string; reasons: RowTuple[4]; words: TableWords }) {
  return (
    <div className="tooltip">
      <button type="button" className="word" popoverTarget={id} aria-describedby={id}>
        {word}
      </button>
      <ul id={id} popover="auto">
        {reasons.map(([title, more, advice]) => (
          <li key={title}>
            <b>{title}</b>
            <span>{more}</span>
            <span>{words.advice[advice]?.[0]}</span>
            <span>{words.advice[advice]?.[1]}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
