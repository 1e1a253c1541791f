import { bodyOf, client, type Schemas } from "./client";

export type KeyUse = Schemas["KeyRecordView"];

export type KeyObserved = Schemas["KeyObservedView"];

export interface KeyUses {
  /** Why no certificate is issued for the key; null if one may be. */
  refused: Schemas["KeyRefusal"] | null;
  /** The latest confirmed campaign that replaces the key. */
  campaign: Schemas["ConfirmedCampaignView"] | null;
  records: KeyUse[];
  /** Certificates that were found with the key; null if the caller may not read the inventory. */
  observed: KeyObserved[] | null;
  /** Whether there are others that were not read. */
  isPart: boolean;
}

const ROWS = 500;
const MOST_PAGES = 10;

export const keyUseKeys = {
  all: ["key-uses"] as const,
  one: (spki: string) => ["key-uses", spki] as const,
};

/** Each record once, with all its versions; of the first 5,000 versions and observed certificates. */
export async function readKeyUses(spki: string, signal: AbortSignal): Promise<KeyUses> {
  const records = new Map<string, KeyUse>();
  const observed: KeyObserved[] = [];
  let cursor: string | null = null;
  for (let pages = 1; ; pages += 1) {
    const query = { per_page: ROWS, ...(cursor !== null && { cursor }) };
    const page: Schemas["KeyUsesView"] = await bodyOf(
      client.GET("/api/v1/keys/{spki_sha256}", { params: { path: { spki_sha256: spki }, query }, signal }),
    );
    for (const record of page.data) records.set(record.certificate_id, merged(records.get(record.certificate_id), record));
    observed.push(...(page.observed ?? []));
    cursor = page.next_cursor;
    if (cursor === null || pages === MOST_PAGES) {
      const { refused, campaign } = page;
      const shown = page.observed === null ? null : observed;
      return { refused, campaign, records: [...records.values()], observed: shown, isPart: cursor !== null };
    }
  }
}

/** A record whose versions are on several pages is on each of them. */
function merged(before: KeyUse | undefined, record: KeyUse): KeyUse {
  if (before === undefined) return record;
  const known = new Set(before.jobs.map(({ id }) => id));
  return {
    ...before,
    versions: [...before.versions, ...record.versions],
    jobs: [...before.jobs, ...record.jobs.filter(({ id }) => !known.has(id))],
  };
}
