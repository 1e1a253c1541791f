/** Campaigns as the API answers them; a test names only what it is about. */

import type { Schemas } from "../api/client";
import { daysFromNow } from "./builders";

type Campaign = Schemas["CampaignView"];
type CampaignItem = Schemas["CampaignItemView"];

export const SPKI = "3f2a1b4c5d6e7f80".repeat(4);
const NOTHING: Campaign["selection"] = {
  certificate_ids: [],
  spki_sha256: null,
  ca_id: null,
  agent_id: null,
  profile_id: null,
  algorithm: null,
};

/** A certificate of another issuer that was found with the key. */
export function keyObserved(fields: Partial<Schemas["KeyObservedView"]> = {}): Schemas["KeyObservedView"] {
  return {
    fingerprint: "9f".repeat(32),
    first_name: "old.example.com",
    subject: "CN=old.example.com",
    issuer: "CN=Example CA,O=Example",
    serial_number: "0a1b2c",
    not_after: daysFromNow(80),
    is_ca: false,
    status: "Unmanaged",
    trust: "unknown",
    team_id: "t-default",
    certificate_id: null,
    sightings: 2,
    ...fields,
  };
}

/** Of three certificates, running, by a key. */
export function campaign(fields: Partial<Omit<Campaign, "selection">> & { selection?: Partial<Campaign["selection"]> } = {}): Campaign {
  const { selection = { spki_sha256: SPKI }, ...others } = fields;
  return {
    id: "cmp-1",
    job_id: "job-1",
    state: "running",
    reason: "keyCompromise",
    on_deadline: "alert",
    deadline_hours: 24,
    deadline: daysFromNow(0.9),
    total: 3,
    counts: { rekeying: 1, deployed: 1, revoked: 1 },
    requested_by: "key-admin",
    requested_by_name: "admin",
    ticket: null,
    error: null,
    created_at: daysFromNow(-0.2),
    confirmed_at: daysFromNow(-0.1),
    ended_at: null,
    ...others,
    selection: { ...NOTHING, ...selection },
  };
}

export function keyVersion(): Schemas["KeyVersionView"] {
  return {
    serial_number: "0a1b",
    ca_id: "ca-1",
    state: "issued",
    not_after: daysFromNow(60),
    is_current: true,
    job_id: "job-1",
    revoked_at: null,
    revocation_reason: null,
  };
}

/** One certificate with the key, with one valid version and nothing around it. */
export function keyUse(fields: Partial<Schemas["KeyRecordView"]> = {}): Schemas["KeyRecordView"] {
  return {
    certificate_id: "mc-1",
    certificate_name: "www.example.com",
    common_name: "www.example.com",
    owner_id: "o-default",
    team_id: "t-default",
    status: "Active",
    versions: [keyVersion()],
    targets: [],
    agents: [],
    jobs: [],
    ...fields,
  };
}

export function campaignItem(fields: Partial<CampaignItem> = {}): CampaignItem {
  return {
    certificate_id: "mc-1",
    certificate_name: "www.example.com",
    team_id: "t-default",
    state: "rekeying",
    old_serial_numbers: ["0a1b"],
    new_serial_number: null,
    job_id: "job-7",
    verified_by: null,
    verified_by_name: null,
    error: null,
    changed_at: daysFromNow(-0.1),
    window_until: null,
    missed_window: false,
    awaited_accounts: [],
    ...fields,
  };
}

/** As a certificate of it shows it. */
export function campaignOfCertificate(fields: Partial<Schemas["CertificateCampaignView"]> = {}): Schemas["CertificateCampaignView"] {
  return { ...confirmedCampaign(), item_state: "rekeying", old_serial_numbers: ["0a1b"], new_serial_number: null, ...fields };
}

/** As its key shows it: running, and it revokes at the deadline. */
export function confirmedCampaign(fields: Partial<Schemas["ConfirmedCampaignView"]> = {}): Schemas["ConfirmedCampaignView"] {
  return { id: "cmp-1", state: "running", reason: "keyCompromise", on_deadline: "revoke", deadline: daysFromNow(0.9), ...fields };
}

/** One in each state that it names. */
export function itemsIn(...states: CampaignItem["state"][]): CampaignItem[] {
  return states.map((state, index) =>
    campaignItem({
      certificate_id: `mc-${index + 1}`,
      certificate_name: `host-${index + 1}.example.com`,
      state,
      new_serial_number: state === "found" || state === "rekeying" ? null : `0c${index}`,
      error: state === "failed" ? "tgt-1: the handshake shows another certificate" : null,
    }),
  );
}
