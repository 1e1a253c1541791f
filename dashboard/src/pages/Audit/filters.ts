import type { AuditFilters } from "../../api/audit";
import { wireTime } from "../../api/wireTime";
import type { Filters } from "../../components/FilterBar";

const API_CALL = "api";

export const FILTER_NAMES = ["actor", "actor_type", "action", "resource_type", "resource_id", "from", "to"] as const;

export type FilterName = (typeof FILTER_NAMES)[number];
/** Which events are listed: what changed something, who came and went, the calls of the API, or all. */
export const VIEWS = [
  { value: "changes", label: "Changes" },
  { value: "sessions", label: "Sign-ins" },
  { value: "calls", label: "API calls" },
  { value: "all", label: "All" },
] as const;

export type AuditView = (typeof VIEWS)[number]["value"];
type AuditPageFilters = Filters<FilterName>;

/** Names on the wire, and what people call them. */
export const RESOURCE_TYPES = [
  { value: "api_key", label: "API keys" },
  { value: "ca", label: "CAs" },
  { value: "campaign", label: "Campaigns" },
  { value: "certificate", label: "Certificates" },
  { value: "channel", label: "Channels" },
  { value: "job", label: "Jobs" },
  { value: "mute", label: "Mutes" },
  { value: "notification", label: "Notifications" },
  { value: "routing_rule", label: "Routing rules" },
  { value: "identity_provider", label: "Identity providers" },
  { value: "service_account", label: "Service accounts" },
  { value: "trust_rule", label: "Trust rules" },
  { value: "access_rule", label: "Access rules" },
  { value: "user", label: "Users" },
];

export const ACTOR_TYPES = [
  { value: "User", label: "People and keys" },
  { value: "System", label: "The system" },
  { value: "Agent", label: "Agents" },
  { value: "Service", label: "Service accounts" },
];

/** An address with API calls as its resource is one of that view; changes are the default. */
export function viewOf(view: string | null, resourceType: string | undefined): AuditView {
  if (resourceType === API_CALL) return "calls";
  return VIEWS.find(({ value }) => value === view)?.value ?? "changes";
}

const OF_VIEW: Record<AuditView, AuditFilters> = {
  changes: { kind: "changes" },
  sessions: { kind: "sessions" },
  calls: { kind: "calls" },
  all: {},
};

/** Days in the address are days of the reader's own time zone, both included. */
export function asQuery({ from, to, ...rest }: AuditPageFilters, view: AuditView): AuditFilters {
  const [first, last] = [timeOf(from, "00:00:00"), timeOf(to, "23:59:59")];
  return { ...rest, ...OF_VIEW[view], ...(first !== null && { from: first }), ...(last !== null && { to: last }) };
}

/** None for a day that somebody typed into the address and that is none. */
function timeOf(day: string | undefined, time: string): string | null {
  const at = Date.parse(`${day ?? ""}T${time}`);
  return Number.isNaN(at) ? null : wireTime(at);
}
