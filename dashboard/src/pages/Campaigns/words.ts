/** States of campaigns and of their certificates in words, and what each waits for. */

import type { Campaign, CampaignItem, CampaignState, ItemState } from "../../api/campaigns";
import type { Tone } from "../../components/StatusBadge";
import { counted } from "../../components/words/count";

interface Words {
  label: string;
  tone: Tone;
}

export const CAMPAIGN_STATES: Record<CampaignState, Words> = {
  finding: { label: "Finding certificates", tone: "busy" },
  unconfirmed: { label: "Awaiting confirmation", tone: "warn" },
  running: { label: "Running", tone: "busy" },
  paused: { label: "Paused", tone: "hold" },
  completed: { label: "Completed", tone: "ok" },
  cancelled: { label: "Cancelled", tone: "idle" },
  failed: { label: "Failed", tone: "bad" },
};

interface ItemWords extends Words {
  /** What a certificate in this state waits for. */
  waitsFor: string;
}

/** In the order of the work. */
export const ITEM_STATES: Record<ItemState, ItemWords> = {
  found: { label: "Found", tone: "idle", waitsFor: "The next round of the campaign" },
  rekeying: { label: "Rekeying", tone: "busy", waitsFor: "A CSR with a new key, from its agent or owner" },
  issued: { label: "Issued", tone: "busy", waitsFor: "Deployment to each target that has an agent" },
  deployed: { label: "Deployed", tone: "warn", waitsFor: "Someone to verify that the new version is in use" },
  verified: { label: "Verified", tone: "busy", waitsFor: "Revocation of the old versions" },
  revoked: { label: "Old versions revoked", tone: "ok", waitsFor: "" },
  skipped: { label: "Skipped", tone: "ok", waitsFor: "No old version is valid" },
  failed: { label: "Failed", tone: "bad", waitsFor: "Someone to act: the old versions are still valid" },
};
export const ITEM_ORDER = Object.keys(ITEM_STATES) as ItemState[];
const ENDED: readonly CampaignState[] = ["completed", "cancelled", "failed"];
const KEY_DIGITS = 12;

export function hasEnded({ state }: Campaign): boolean {
  return ENDED.includes(state);
}

export function countOf({ counts }: Campaign, state: ItemState): number {
  return counts[state] ?? 0;
}

/** Certificates without a valid old version. */
export function doneOf(campaign: Campaign): number {
  return countOf(campaign, "revoked") + countOf(campaign, "skipped");
}

/** What the campaign chooses by: "Key 3f2a1b4c5d6e… · RSA keys". */
export function selectionInWords({ selection }: Campaign): string {
  const { certificate_ids, spki_sha256, ca_id, agent_id, profile_id, algorithm } = selection;
  const parts = [
    certificate_ids.length > 0 && counted(certificate_ids.length, "named certificates"),
    spki_sha256 !== null && `Key ${spki_sha256.slice(0, KEY_DIGITS)}…`,
    ca_id !== null && `CA ${ca_id}`,
    agent_id !== null && `Agent ${agent_id}`,
    profile_id !== null && `Profile ${profile_id}`,
    algorithm !== null && `${algorithm} keys`,
  ];
  return parts.filter((part) => part !== false).join(" · ");
}

/** What happens when the deadline comes. */
export function atDeadline({ on_deadline }: Pick<Campaign, "on_deadline">): string {
  return on_deadline === "revoke"
    ? "Old versions that are left are revoked, even where they are still in use"
    : "A critical alert says how many are left; their old versions stay valid";
}

const ITEM_ENDED: readonly ItemState[] = ["revoked", "skipped", "failed"];

/** Why nothing moves in the whole campaign; null while it runs. */
function campaignBlockedBy(campaign: Campaign): string | null {
  if (hasEnded(campaign)) return "Nothing: the campaign has ended";
  if (campaign.state === "paused") return "The campaign to be resumed";
  return campaign.state === "running" ? null : "The start of the campaign";
}

/** What blocks one certificate, or why it failed. */
export function itemBlockedBy(item: CampaignItem, campaign: Campaign): string {
  const all = ITEM_ENDED.includes(item.state) ? null : campaignBlockedBy(campaign);
  return item.error ?? all ?? clientBlocks(item) ?? ITEM_STATES[item.state].waitsFor;
}

/** What an ACME client has to do; null for a certificate without one. */
function clientBlocks({ state, window_until, missed_window, awaited_accounts }: CampaignItem): string | null {
  if (window_until === null) return null;
  if (state === "rekeying") {
    const named = awaited_accounts.map((id) => id || "one that is not known").join(", ");
    const client = named === "" ? "Its ACME client" : `Its ACME client ${named}`;
    return missed_window ? `${client}, which did not renew in its window: have it renew with a new key` : `${client} to renew`;
  }
  if (state === "issued") return "The download by its ACME client";
  return state === "deployed" ? "An hour after the download, or someone to verify it" : null;
}

/** A person may verify what has a new version, once and while the campaign works. */
export function canBeVerified({ state, new_serial_number }: CampaignItem, campaign: Campaign): boolean {
  const isOpen = state === "rekeying" || state === "issued" || state === "deployed" || state === "failed";
  return isOpen && new_serial_number !== null && (campaign.state === "running" || campaign.state === "paused");
}
