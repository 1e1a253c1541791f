import type { Notification } from "../../api/notifications";

export interface Group {
  kind: "group";
  /** Null if they are about no certificate: failures of channels. */
  certificateId: string | null;
  rows: readonly Notification[];
  isOpen: boolean;
}

export interface Single {
  kind: "single";
  row: Notification;
}

/** A line of the table. */
export type Item = Group | Single;

export const itemKey = (item: Item) => (item.kind === "group" ? groupKey(item.certificateId) : item.row.id);

export function groupKey(certificateId: string | null): string {
  return `group ${certificateId ?? ""}`;
}

export function listed(rows: readonly Notification[]): Item[] {
  return rows.map((row) => ({ kind: "single", row }));
}

function byCertificate(rows: readonly Notification[]): Map<string | null, Notification[]> {
  const groups = new Map<string | null, Notification[]>();
  for (const row of rows) {
    const members = groups.get(row.certificate_id);
    if (members === undefined) groups.set(row.certificate_id, [row]);
    else members.push(row);
  }
  return groups;
}

/** Groups in the order of their newest row; those whose key is in `closed` show their head only. */
export function grouped(rows: readonly Notification[], closed: ReadonlySet<string>): Item[] {
  return [...byCertificate(rows)].flatMap(([certificateId, members]) => {
    const isOpen = !closed.has(groupKey(certificateId));
    const head: Group = { kind: "group", certificateId, rows: members, isOpen };
    return isOpen ? [head, ...listed(members)] : [head];
  });
}
