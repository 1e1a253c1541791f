import type { Certificate } from "../api/certificates";
import { type CsvCell, csvOf } from "./csv";
import { saveFile } from "./saveFile";

export type CsvColumns<Row> = Readonly<Record<string, (row: Row) => CsvCell>>;

/** Times as the API gives them, in UTC. */
export const CERTIFICATE_COLUMNS: CsvColumns<Certificate> = {
  id: (row) => row.id,
  name: (row) => row.name,
  common_name: (row) => row.common_name,
  sans: (row) => row.sans.join(" "),
  status: (row) => row.status,
  expires_at: (row) => row.expires_at,
  environment: (row) => row.environment,
  team_id: (row) => row.team_id,
  owner_id: (row) => row.owner_id,
  issuer_id: (row) => row.issuer_id,
  profile_id: (row) => row.profile_id,
  renewal_policy_id: (row) => row.renewal_policy_id,
  renewal_state: (row) => row.renewal_state,
  renewal_error: (row) => row.renewal_error,
  targets: (row) => row.target_ids.length,
  target_ids: (row) => row.target_ids.join(" "),
  serial_number: (row) => row.serial_number,
  tags: (row) => tagsInWords(row.tags),
  created_at: (row) => row.created_at,
};

function tagsInWords(tags: Readonly<Record<string, string>>): string {
  return Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join(" ");
}

/** `what` and the time of the download name the file. */
export function saveCsv<Row>(what: string, columns: CsvColumns<Row>, rows: readonly Row[]): void {
  const at = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
  saveFile(`${what}-${at}Z.csv`, csvOf(columns, rows), "text/csv;charset=utf-8");
}
