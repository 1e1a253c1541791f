import { Link } from "react-router";

import { type Attention, type AttentionKind, useAttention } from "../../api/attention";
import { type Summary, useSummary } from "../../api/stats";
import type { Permission } from "../../api/permissions";
import { useSession } from "../../components/session";
import layout from "../../components/layout.module.css";
import { QueryView } from "../../components/states";
import type { Tone } from "../../components/StatusBadge";
import { exactTime } from "../../components/Time";
import classes from "./Tiles.module.css";

interface Tile {
  label: string;
  /** Null if it cannot be read now, undefined until it is. */
  count: (summary: Summary, attention: Attention | null | undefined) => number | null | undefined;
  to: string;
  permission: Permission;
  /** Of the number, unless it is zero. */
  tone?: Tone;
}

const TILES: readonly Tile[] = [
  { label: "Certificates", count: (summary) => summary.total_certificates, to: "/certificates", permission: "certificates:read" },
  {
    label: "Urgent",
    count: (_, attention) => urgentCount(attention),
    to: "/certificates?renewal=urgent",
    permission: "certificates:read",
    tone: "bad",
  },
  {
    label: "Expiring",
    count: (summary) => summary.expiring_certificates,
    to: "/certificates?status=Expiring",
    permission: "certificates:read",
    tone: "warn",
  },
  {
    label: "Revoked",
    count: (summary) => summary.revoked_certificates,
    to: "/certificates?status=Revoked",
    permission: "certificates:read",
  },
  { label: "Open jobs", count: (summary) => summary.pending_jobs, to: "/jobs?status=open", permission: "jobs:read", tone: "busy" },
  { label: "Failed jobs", count: (summary) => summary.failed_jobs, to: "/jobs?status=Failed", permission: "jobs:read", tone: "bad" },
  {
    label: "Dead letters",
    count: (summary) => summary.notifications_dead,
    to: "/notifications?tab=dead",
    permission: "notifications:read",
    tone: "bad",
  },
];

const URGENT: readonly AttentionKind[] = ["expired", "expiring_soon"];

/** Certificates that have expired, or expire within 72 hours and are not renewed by themselves. */
function urgentCount(attention: Attention | null | undefined): number | null | undefined {
  if (attention == null) return attention;
  if (URGENT.some((kind) => attention.unknown.includes(kind))) return null;
  return attention.lines.filter(({ kind }) => URGENT.includes(kind)).reduce((sum, { count }) => sum + count, 0);
}

export function Tiles() {
  const query = useSummary();
  const attention = useAttention();
  const { can } = useSession();
  return (
    <QueryView query={query} what="the summary">
      {(summary) => (
        <ul className={`${layout.tiles ?? ""} ${classes.list ?? ""}`} aria-label="Summary" title={recountWords(summary)}>
          {TILES.map((tile) => (
            <li key={tile.label}>
              <TileBox tile={tile} count={tile.count(summary, attention.isError ? null : attention.data)} isLink={can(tile.permission)} />
            </li>
          ))}
        </ul>
      )}
    </QueryView>
  );
}

/** The numbers are counters: how long ago they were compared with the records. */
function recountWords({ recounted_at }: Summary): string {
  return recounted_at === null ? "Not compared with the records yet" : `Compared with the records ${exactTime(recounted_at)}`;
}

function TileBox({ tile, count, isLink }: { tile: Tile; count: number | null | undefined; isLink: boolean }) {
  const content = (
    <>
      <span className={classes.label}>{tile.label}</span>{" "}
      <span
        className={classes.count}
        data-tone={count ? tile.tone : undefined}
        title={count === null ? "Not available right now" : undefined}
      >
        {count === null ? "not known" : (count?.toLocaleString("en") ?? "…")}
      </span>
    </>
  );
  if (!isLink) return <div className={classes.tile}>{content}</div>;
  return (
    <Link to={tile.to} className={classes.tile}>
      {content}
    </Link>
  );
}
