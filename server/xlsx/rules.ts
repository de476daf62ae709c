// A workbook of one table as the parts of an Office Open XML file; cells are typed, so that no text is ever a formula.

/** `text` is anything; `number` as PostgreSQL writes it; `day` and `instant` as `YYYY-MM-DD` and `YYYY-MM-DD HH:MM`. */
type CellType = "text" | "number" | "day" | "instant";
/** `width` in characters. */
export type SheetColumn = { header: string; type: CellType; width: number };

/** Rows that Excel takes in one sheet. */
export const MOST_ROWS = 1_048_576;
/** Characters that Excel takes in one cell. */
const MOST_CHARACTERS = 32_767;

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
/** Control characters are no XML, and `_x000D_` means one to Excel. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const special = /[&<>"\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)/g;
const xml = (text: string) =>
  text.replace(special, (found) => (found === "_" ? "_x005F_" : (escapes[found] ?? "")));

/** Excel counts days from the eve of 1900, which it takes for a leap year. */
const serial = (value: string): number =>
  Date.parse(`${value.slice(0, 10)}T${value.slice(11) || "00:00"}Z`) / 86_400_000 + 25_569;

const styles = { text: 0, number: 0, day: 1, instant: 2, header: 3 } as const;
const inline = (text: string, style: number) =>
  `<c${style ? ` s="${style}"` : ""} t="inlineStr"><is><t xml:space="preserve">${xml(text.slice(0, MOST_CHARACTERS).toWellFormed())}</t></is></c>`;

function cell(value: string | null, type: CellType): string {
  if (value === null || value === "") return "<c/>";
  if (type === "text") return inline(value, styles.text);
  if (type === "number") return `<c><v>${value}</v></c>`;
  return `<c s="${styles[type]}"><v>${serial(value)}</v></c>`;
}

/** One row; null is an empty cell. */
export const sheetRow = (values: readonly (string | null)[], columns: readonly SheetColumn[]): string =>
  `<row>${columns.map(({ type }, index) => cell(values[index] ?? null, type)).join("")}</row>`;

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const packages = "http://schemas.openxmlformats.org/package/2006";
const sheetType = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/** What stands before the rows: the head stays in view and filters. */
export const sheetStart = (columns: readonly SheetColumn[]): string =>
  `${declaration}<worksheet xmlns="${main}"><sheetViews><sheetView workbookViewId="0"><pane xSplit="1" ySplit="1" topLeftCell="B2" activePane="bottomRight" state="frozen"/></sheetView></sheetViews>` +
  `<cols>${columns.map(({ width }, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`).join("")}</cols>` +
  `<sheetData><row>${columns.map(({ header }) => inline(header, styles.header)).join("")}</row>`;
export const sheetEnd = "</sheetData></worksheet>";

/** The first part of the file, by which it is known; sheets are what it says XML is unless told otherwise. */
export const contentTypes = `${declaration}<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="${sheetType}.worksheet+xml"/><Override PartName="/xl/workbook.xml" ContentType="${sheetType}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${sheetType}.styles+xml"/></Types>`;

export const rootRelations = `${declaration}<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`;

/** Days and instants in the form of the reader's own system (formats 14 and 22); a bold head. */
export const stylesheet = `${declaration}<styleSheet xmlns="${main}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="22" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs></styleSheet>`;

/** The workbook with so many sheets, each named `name`, the later ones with their number. */
export function workbook(name: string, sheets: number): { workbook: string; relations: string } {
  const numbers = Array.from({ length: sheets }, (_, index) => index + 1);
  // Excel allows 31 characters and not these.
  const title = (number: number) =>
    `${xml(name.replaceAll(/[[\]:*?/\\]/g, " ").slice(0, 25))}${number > 1 ? ` ${number}` : ""}`;
  return {
    workbook: `${declaration}<workbook xmlns="${main}" xmlns:r="${office}"><sheets>${numbers.map((n) => `<sheet name="${title(n)}" sheetId="${n}" r:id="rId${n}"/>`).join("")}</sheets></workbook>`,
    relations: `${declaration}<Relationships xmlns="${packages}/relationships">${numbers.map((n) => `<Relationship Id="rId${n}" Type="${office}/worksheet" Target="worksheets/sheet${n}.xml"/>`).join("")}<Relationship Id="rId${sheets + 1}" Type="${office}/styles" Target="styles.xml"/></Relationships>`,
  };
}

const unescaped: Record<string, string> = { t: "\t", n: "\n", r: "\r", b: "\b", f: "\f", v: "\v" };
/** The cells of a row of COPY's text format; null is no data. */
export const textCells = (line: string): (string | null)[] =>
  line
    .split("\t")
    .map((value) =>
      value === "\\N"
        ? null
        : value.includes("\\")
          ? value.replace(/\\(.)/g, (_, code: string) => unescaped[code] ?? code)
          : value,
    );
