import type { Authority, PublishedCrl } from "../../api/authorities";
import type { Tone } from "../../components/StatusBadge";

interface CrlState {
  label: string;
  tone: Tone;
}

/** A CRL is rebuilt at a quarter of its validity; at half of it the publisher has failed for long. */
const LATE_AFTER = 0.5;

export function crlStateOf({ this_update, next_update }: PublishedCrl, nowMs: number): CrlState {
  if (this_update === null || next_update === null) return { label: "Not published", tone: "warn" };
  const [begin, end] = [Date.parse(this_update), Date.parse(next_update)];
  if (nowMs >= end) return { label: "Expired", tone: "bad" };
  if (nowMs >= begin + (end - begin) * LATE_AFTER) return { label: "Late", tone: "warn" };
  return { label: "Current", tone: "ok" };
}

/** The CRL with all entries: `all`, or the only one of a root. */
export function completeCrl({ crls }: Pick<Authority, "crls">): PublishedCrl | undefined {
  return crls.at(-1);
}

/** The URL for a person: with the scheme of this page, for browsers refuse downloads by http from an https page. What certificates
 *  carry stays http. */
export function downloadUrl(url: string, scheme = location.protocol): string {
  return url.replace(/^http:/, scheme);
}

/** "Example Issuing CA 1" of "CN=Example Issuing CA 1,O=Example"; the whole name without a common name. */
export function commonNameOf(subject: string): string {
  return /(?:^|,)CN=((?:\\.|[^,\\])+)/.exec(subject)?.[1]?.replaceAll(/\\(.)/g, "$1") ?? subject;
}

/** "AB:CD:…", as openssl prints it. */
export function withColons(hex: string): string {
  return (hex.toUpperCase().match(/../g) ?? []).join(":");
}

const STATES: Record<Authority["state"], CrlState> = {
  active: { label: "Active", tone: "ok" },
  pending: { label: "Pending", tone: "busy" },
  retiring: { label: "Retiring", tone: "hold" },
  retired: { label: "Retired", tone: "idle" },
};

export function stateInWords({ state, revoked_at }: Pick<Authority, "state" | "revoked_at">): CrlState {
  return revoked_at === null ? STATES[state] : { label: "Revoked", tone: "bad" };
}

export const ROLES: Record<Authority["role"], string> = { issuing: "Issuing CA", root: "Root CA" };
