/** CSV as RFC 4180 has it, with a header line. */

export type CsvCell = string | number | null;

/** What a spreadsheet would run as a formula; NFKC leaves U+2212, the minus sign, as it is. */
const FORMULA = /^\s*[=+\-@\u2212]|^[\t\r]/;

/** A text that begins like a formula, in full width or small forms too, gets an apostrophe: names and tags are other
 * people's words. */
function field(cell: CsvCell): string {
  if (typeof cell === "number") return String(cell);
  const text = cell ?? "";
  const harmless = FORMULA.test(text.normalize("NFKC")) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(field).join(",")}\r\n`;
}

/** The lines of `rows`, below the titles of `columns`. */
export function csvOf<Row>(columns: Readonly<Record<string, (row: Row) => CsvCell>>, rows: readonly Row[]): string[] {
  const cells = Object.values(columns);
  return [csvLine(Object.keys(columns)), ...rows.map((row) => csvLine(cells.map((cell) => cell(row))))];
}
