import type { ReactNode } from "react";
import { figureNames, type RowTuple, type TableWords } from "./table-props.ts";
import { UsageBar } from "./usage-bar.tsx";

type FigureName = (typeof figureNames)[number];

/** How the ids of a family's columns begin, where it is not the family's own name. */
const starts: Record<string, string> = { computers: "devices" };
const severities = ["high", "medium", "low"] as const;
const SHOWN_GROUPS = 2;

/** One cell by its column, so that the registry alone decides which there are and in what order. */
export function cell(
  column: string,
  row: RowTuple,
  words: TableWords,
  href: string,
  index: number,
): ReactNode {
  const [, name, details, status, reasons, rowBlank, isOrder, unprotected, groups, packed, key, missing] =
    row;
  const isMissing = missing
    .split(" ")
    .some((family) => family !== "" && column.startsWith(starts[family] ?? family));
  const blank = isMissing && rowBlank === "not_reported" ? "not_entitled" : rowBlank;
  const figures = packed.split("|");
  const get = (figure: FigureName) => figures[figureNames.indexOf(figure)] ?? "";
  /** An empty `text` is no data, and the cell says why. */
  const figure = (text: string, content: ReactNode = text, isNumber = true, title?: string) => {
    const look = `${isNumber ? "number" : ""}${column === key ? " key" : ""}` || undefined;
    return text === "" ? (
      <td key={column} data-column={column} data-blank={blank} className={look}>
        <span className="why">{words.blank[blank]}</span>
      </td>
    ) : (
      <td
        key={column}
        data-column={column}
        className={look}
        title={title || undefined}
        data-label={key !== "" && column === key ? words.key[key] : undefined}
      >
        {content}
      </td>
    );
  };
  switch (column) {
    case "name":
      return (
        <th key={column} scope="row" data-column={column}>
          <div className="line">
            <a className="name" href={href}>
              <bdi>{name}</bdi>
            </a>
            {isOrder === 1 && (
              <span className="coin" title={words.order}>
                <span className="sr-only">{words.order}</span>
              </span>
            )}
            {unprotected !== "" && (
              <a
                className="unprotected"
                href={`${href}?devices=unprotected#computers`}
                aria-label={unprotected}
                title={unprotected}
              >
                {get("devicesUnprotected")}
              </a>
            )}
          </div>
          <div className="details">{details}</div>
        </th>
      );
    case "status":
      return (
        <td key={column} data-column={column} data-status={status}>
          {reasons.length === 0 ? (
            <span className="word">{words.status[status]}</span>
          ) : (
            <Reasons id={`why-${index}`} word={words.status[status]} reasons={reasons} words={words} />
          )}
        </td>
      );
    case "groups":
      return (
        <td
          key={column}
          data-column={column}
          title={groups.length > SHOWN_GROUPS ? groups.join(", ") : undefined}
        >
          {groups.slice(0, SHOWN_GROUPS).map((group) => (
            <bdi key={group} className="tag">
              {group}
            </bdi>
          ))}
          {groups.length > SHOWN_GROUPS && <span className="more">{`+${groups.length - SHOWN_GROUPS}`}</span>}
        </td>
      );
    case "licenceState": {
      const state = get("licenceState");
      return figure(
        state,
        isState(state, words) && <span className={`state ${state}`}>{words.state[state]}</span>,
        false,
      );
    }
    case "used": {
      const length = get("usedLength");
      const over = get("usedOver");
      const bar = length !== "" && <UsageBar length={Number(length)} isOver={over !== ""} />;
      return figure(
        get("used"),
        <>
          {bar}
          {get("used")}
          {over !== "" && <span className="sr-only">{`, ${over}`}</span>}
        </>,
        true,
        over,
      );
    }
    case "licenceEndsOn":
      return figure(get("licenceEndsOn"), undefined, false);
    case "alerts":
      return figure(
        get("high"),
        severities.every((severity) => get(severity) === "0")
          ? "0"
          : severities.map(
              (severity, at) =>
                get(severity) !== "0" && (
                  <span key={severity} className={`alert ${severity}`}>
                    {get(severity)}
                    <span className="sr-only">{` ${words.severity[at] ?? ""} `}</span>
                  </span>
                ),
            ),
        false,
      );
    case "lastSync":
      return figure(get("lastSync"), undefined, true, get("lastSyncAt"));
    default:
      return figure(get(figureNames.find((known) => known === column) ?? "devicesTotal"));
  }
}

const isState = (state: string, words: TableWords): state is keyof TableWords["state"] =>
  state in words.state;

/** The status as a button that says why: on hover and focus at once, by a tap or Enter to stay. */
function Reasons({
  id,
  word,
  reasons,
  words,
}: {
  id: string;
  word: string;
  reasons: RowTuple[4];
  words: TableWords;
}) {
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
