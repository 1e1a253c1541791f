/** What the nightly walk counted, as the API answers it. */

import type { Schemas } from "../api/client";

type Readiness = Schemas["ReadinessView"];
type Row = Readiness["rows"][number];

const AT = "2026-11-20T02:00:00Z";
const NOTHING: Omit<Row, "trait"> = { certificates: 0, managed: 0, program: 0, nobody: 0, acts: [] };

export function traitRow(fields: Partial<Row> & Pick<Row, "trait">): Row {
  return { ...NOTHING, ...fields };
}

export function readiness(fields: Partial<Readiness> = {}): Readiness {
  const sha1 = traitRow({
    trait: "sha1",
    certificates: 1_203,
    managed: 3,
    program: 200,
    nobody: 1_000,
    acts: ["campaign", "check_program", "request"],
  });
  return {
    computed_at: AT,
    day: "2026-11-20",
    team_id: null,
    owner_id: null,
    in_use: 2_000,
    public: 1_500,
    unverified: 400,
    rows: [traitRow({ trait: "expired" }), sha1],
    renewals: [
      { limit_days: null, since: null, a_year: 6_000, managed: 1_000, program: 4_000, nobody: 1_000 },
      { limit_days: 47, since: "2029-03-15", a_year: 18_000, managed: 3_000, program: 12_000, nobody: 3_000 },
    ],
    expiring_cas: [],
    ...fields,
  };
}

export function inventorySummary(fields: Partial<Schemas["InventorySummaryView"]> = {}): Schemas["InventorySummaryView"] {
  return {
    computed_at: AT,
    day: "2026-11-20",
    team_id: null,
    owner_id: null,
    certificates: 2_100,
    in_use: 2_000,
    by_status: { Managed: 300, Gone: 100, Dismissed: 0, Superseded: 0, Claimed: 0, Unmanaged: 1_700 },
    by_trust: { public: 1_500, ours: 100, unknown: 400 },
    by_renewer: { managed: 300, program: 700, nobody: 1_000 },
    by_issuer: [{ name: "CN=Example CA,O=Example", certificates: 1_200 }],
    other_issuers: 0,
    by_key: [{ name: "RSA 2048", certificates: 2_000 }],
    by_signature: [{ name: "SHA-256 with RSA", certificates: 2_000 }],
    traits: { sha1: 12 },
    trend: [],
    seen_nowhere: 0,
    seen_nowhere_first: [],
    expiring_next: [],
    expiring_cas: [],
    ...fields,
  };
}

export const NO_DIGEST: Schemas["DigestPreviewView"] = {
  name: "Somebody",
  digest: "weekly",
  next_at: "2026-12-07T08:00:00Z",
  subject: "Weekly digest",
  message: "",
  sections: [],
  destinations: [],
};
