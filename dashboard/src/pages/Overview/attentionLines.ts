/** The lines of "Needs attention": their words, the list behind each, and the next act. */

import type { AttentionItem, AttentionKind, AttentionLine } from "../../api/attention";
import type { Tone } from "../../components/StatusBadge";
import { namedState } from "../../components/words/channelState";
import { counted } from "../../components/words/count";

interface LineWords {
  one: string;
  many: string;
  /** What to do next, on the button. */
  act: string;
  list: string;
  /** Where one of its examples is looked at. */
  item: (item: AttentionItem) => string;
}

const toCertificate = (item: AttentionItem) => `/certificates/${item.certificate_id ?? item.id}`;

/** Hours, as the API has them. */
const SOON_HOURS = 72;

const WORDS: Record<AttentionKind, LineWords> = {
  expired: {
    one: "certificate has expired",
    many: "certificates have expired",
    act: "Renew or archive",
    list: "/certificates?status=Expired",
    item: toCertificate,
  },
  expiring_soon: {
    one: `certificate expires within ${SOON_HOURS} hours`,
    many: `certificates expire within ${SOON_HOURS} hours`,
    act: "Renew",
    list: `/certificates?renewal=urgent&within=${SOON_HOURS}`,
    item: toCertificate,
  },
  campaigns: {
    one: "campaign is running",
    many: "campaigns are running",
    act: "See what is left",
    list: "/campaigns",
    item: ({ id, certificate_id }) => (certificate_id === null ? `/campaigns/${id}` : `/certificates/${certificate_id}`),
  },
  stuck_renewals: {
    one: "renewal is stuck",
    many: "renewals are stuck",
    act: "See why",
    list: "/certificates?renewal=stuck",
    item: toCertificate,
  },
  acme_stopped: {
    one: "ACME client stopped renewing",
    many: "ACME clients stopped renewing",
    act: "Check clients",
    list: "/certificates?renewal=acme_stopped",
    item: toCertificate,
  },
  awaiting_csr: {
    one: "job awaits a CSR",
    many: "jobs await a CSR",
    act: "Supply CSR",
    list: "/jobs?status=AwaitingCSR",
    item: toCertificate,
  },
  awaiting_approval: {
    one: "job awaits approval",
    many: "jobs await approval",
    act: "Review",
    list: "/jobs?status=AwaitingApproval",
    item: ({ id }) => `/jobs?status=AwaitingApproval&open=${id}`,
  },
  channels_down: {
    one: "channel does not deliver",
    many: "channels do not deliver",
    act: "Repair",
    list: "/channels",
    item: ({ id, count }) => (count ? `/notifications?status=waiting&channel=${encodeURIComponent(id)}` : "/channels"),
  },
  no_channel: {
    one: "No channel is enabled: alerts reach nobody",
    many: "No channel is enabled: alerts reach nobody",
    act: "Set up a channel",
    list: "/channels",
    item: () => "/channels",
  },
  dead_letters: {
    one: "alert was never delivered",
    many: "alerts were never delivered",
    act: "Requeue",
    list: "/notifications?tab=dead",
    item: ({ id }) => `/notifications?tab=dead&open=${id}`,
  },
  agents_offline: {
    one: "agent is offline",
    many: "agents are offline",
    act: "Check agents",
    list: "/agents?status=Offline",
    item: ({ id }) => `/agents?status=Offline&open=${id}`,
  },
  crls_late: { one: "CA has a late CRL", many: "CAs have late CRLs", act: "Check CAs", list: "/cas", item: () => "/cas" },
  violations: {
    one: "violation blocks a renewal",
    many: "violations block renewals",
    act: "Check policies",
    list: "/policies",
    item: ({ id }) => `/policies?open=${encodeURIComponent(id)}`,
  },
  names_unlimited: {
    one: "team may have any name",
    many: "teams may have any name",
    act: "List names",
    list: "/teams",
    item: ({ id }) => `/teams?open=${encodeURIComponent(id)}`,
  },
};

const TONES: Record<AttentionLine["urgency"], Tone> = { critical: "bad", warning: "warn", notice: "busy" };

export function toneOfLine({ urgency }: AttentionLine): Tone {
  return TONES[urgency];
}

export function nameOfKind(kind: AttentionKind): string {
  return WORDS[kind].many;
}

export function countWords({ kind, count, is_complete }: Pick<AttentionLine, "kind" | "count" | "is_complete">): string | null {
  if (kind === "no_channel") return null;
  return `${count.toLocaleString("en")}${is_complete ? "" : "+"}`;
}

export function titleOf({ kind, count, is_complete }: AttentionLine): string {
  return count === 1 && is_complete ? WORDS[kind].one : WORDS[kind].many;
}

/** Who may not read campaigns is led to a certificate of the first one. */
export function listOf({ kind, worst: [first] }: AttentionLine): string {
  const isOfTeam = kind === "campaigns" && first !== undefined && first.certificate_id !== null;
  return isOfTeam ? linkTo(kind, first) : WORDS[kind].list;
}

/** The act itself if there is one thing to do, else its list. */
export function actOf(line: AttentionLine): { label: string; to: string } {
  const [first] = line.worst;
  const { act, item } = WORDS[line.kind];
  const isOne = line.count === 1 && first !== undefined && line.kind !== "channels_down";
  return { label: act, to: isOne ? item(first) : listOf(line) };
}

export function linkTo(kind: AttentionKind, item: AttentionItem): string {
  return WORDS[kind].item(item);
}

/** What is said after the name of an example; its time is shown beside it. */
export function factOf(kind: AttentionKind, { state, count, detail }: AttentionItem): string | null {
  if (kind === "campaigns") return detail === "" ? null : detail;
  if (kind === "channels_down") return `${namedState(state).label}, ${alerts(count ?? 0)}`;
  if (kind === "violations") return `${(count ?? 0).toLocaleString("en")} open`;
  if (kind === "stuck_renewals") return state === "failed" ? "failed" : "in progress";
  if (kind === "dead_letters") return state;
  return null;
}

function alerts(count: number): string {
  if (count === 0) return "no alerts waiting";
  return `${counted(count, "alerts")} waiting`;
}
