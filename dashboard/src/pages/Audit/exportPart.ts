import { type AuditFilters, exportAuditEvents } from "../../api/audit";
import type { PageRequest } from "../../api/paging";
import type { ExportedPart } from "./useExport";

/** One page of events as stored, each with its proof. */
export async function readSealedPart(filters: AuditFilters, request: PageRequest): Promise<ExportedPart> {
  const { lines, nextCursor } = await exportAuditEvents(filters, request);
  const all = lines.split("\n").filter((line) => line !== "");
  const last = all.at(-1);
  return { text: lines, events: all.length, oldest: last === undefined ? null : timeIn(last), nextCursor };
}

/** `event` is the stored text, JSON within JSON. */
function timeIn(line: string): string {
  const { event } = JSON.parse(line) as { event: string };
  return (JSON.parse(event) as { timestamp: string }).timestamp;
}
