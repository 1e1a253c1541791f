import { bodyOf, client, type Page, type Schemas } from "./client";
import { everyRow, MOST_ROWS_A_PAGE } from "./everyRow";
import { wireTime } from "./wireTime";

export type Revocation = Schemas["RevocationRecordView"];
/** With the CRL that lists it. */
export type RevocationDetails = Schemas["RevocationRecordDetailsView"];

/** `hours` back from now; null for all that are stored. */
export interface WantedRevocations {
  hours: number | null;
  reason: string | null;
  issuerId: string | null;
}

export interface ReadRevocations {
  /** Newest first. */
  rows: Revocation[];
  /** Whether there are others that were not read. */
  isPart: boolean;
  /** How many requests it took. */
  pages: number;
}

/** Pages are in order of CA, CRL and serial number: for the newest, all have to be read. */
const MOST_PAGES = 60;
const MOST_ROWS = 10_000;
const HOUR_MS = 3_600_000;

export const revocationKeys = {
  all: ["revocations"] as const,
  one: (serial: string) => ["revocations", "one", serial] as const,
  list: (wanted: WantedRevocations) => ["revocations", "list", wanted] as const,
};

export async function readRevocations({ hours, reason, issuerId }: WantedRevocations, signal: AbortSignal): Promise<ReadRevocations> {
  const since = hours === null ? {} : { since: wireTime(Date.now() - hours * HOUR_MS) };
  const filters = {
    per_page: MOST_ROWS_A_PAGE,
    ...since,
    ...(reason !== null && { reason }),
    ...(issuerId !== null && { issuer_id: issuerId }),
  };
  let [pages, read, isPart] = [0, 0, false];
  const rows = await everyRow<Revocation>(async ({ cursor }): Promise<Page<Revocation>> => {
    const query = { ...filters, ...(cursor !== undefined && { cursor }) };
    const page = await bodyOf(client.GET("/api/v1/revocations", { params: { query }, signal }));
    pages += 1;
    read += page.data.length;
    isPart = (pages >= MOST_PAGES || read >= MOST_ROWS) && page.next_cursor !== null;
    return isPart ? { ...page, next_cursor: null } : page;
  }, signal);
  return { rows: rows.toSorted((a, b) => b.revoked_at.localeCompare(a.revoked_at)), isPart, pages };
}

export function readRevocation(serial: string, signal: AbortSignal): Promise<RevocationDetails> {
  return bodyOf(client.GET("/api/v1/revocations/{serial}", { params: { path: { serial } }, signal }));
}
