import type { Certificate } from "../api/certificates";
import { CERTIFICATE_FIELDS, pairsOf } from "./certificateFields";
import { type CsvCell, csvOf } from "./csv";
import { saveFile } from "./saveFile";

export type CsvColumns<Row> = Readonly<Record<string, (row: Row) => CsvCell>>;

/** Times as the API gives them, in UTC. */
export const CERTIFICATE_COLUMNS: CsvColumns<Certificate> = Object.fromEntries(
  CERTIFICATE_FIELDS.filter(({ csv }) => csv).flatMap(({ name }) => {
    const column = [name, (row: Certificate) => cellOf(row[name as keyof Certificate])] as const;
    return name === "target_ids" ? [["targets", (row: Certificate) => row.target_ids.length] as const, column] : [column];
  }),
);

function cellOf(value: Certificate[keyof Certificate]): CsvCell {
  if (Array.isArray(value)) return value.join(" ");
  return typeof value === "object" && value !== null ? pairsOf(value).join(" ") : value;
}

/** `what` and the time of the download name the file. */
export function saveCsv<Row>(what: string, columns: CsvColumns<Row>, rows: readonly Row[]): void {
  const at = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
  saveFile(`${what}-${at}Z.csv`, csvOf(columns, rows), "text/csv;charset=utf-8");
}
