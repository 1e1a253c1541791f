/** The trail for a spreadsheet: the events that the list has, in sentences and in fields. */

import { type AuditEvent, type AuditFilters, listAuditEvents } from "../../api/audit";
import type { PageRequest } from "../../api/paging";
import type { CsvColumns } from "../../components/certificateCsv";
import { csvOf } from "../../components/csv";
import { credentialOf } from "./events";
import type { ExportedPart } from "./useExport";

/** A spreadsheet takes a million lines, and a tab's memory some of them. */
export const MOST_CSV_EVENTS = 20_000;
const ROWS = 500;

const COLUMNS: CsvColumns<AuditEvent> = {
  timestamp: (event) => event.timestamp,
  sentence: (event) => event.sentence,
  actor_name: (event) => event.actor_name,
  actor: (event) => event.actor,
  actor_type: (event) => event.actor_type,
  credential_name: (event) => event.credential_name,
  credential: (event) => credentialOf(event)?.id ?? null,
  action: (event) => event.action,
  resource_type: (event) => event.resource_type,
  resource_name: (event) => event.resource_name,
  resource_id: (event) => event.resource_id,
  team_id: (event) => event.team_id,
  details: (event) => JSON.stringify(event.details),
  id: (event) => event.id,
};

/** One page as lines, the first one below the titles of the columns. */
export async function readCsvPart(filters: AuditFilters, request: PageRequest): Promise<ExportedPart> {
  const page = await listAuditEvents(filters, request, ROWS);
  const [titles = "", ...lines] = csvOf(COLUMNS, page.data);
  return {
    text: (request.cursor === undefined ? [titles, ...lines] : lines).join(""),
    events: page.data.length,
    oldest: page.data.at(-1)?.timestamp ?? null,
    nextCursor: page.next_cursor,
  };
}
