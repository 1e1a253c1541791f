/** What the uses of a key come to. */

import { isOpenJob } from "../../api/jobs";
import type { KeyUse } from "../../api/keyUses";

type Job = KeyUse["jobs"][number];

const HOLD = "certificateHold";

/** Versions that relying parties accept, those on hold with them: a hold may end. */
export function validOf({ versions }: KeyUse, nowMs = Date.now()): number {
  return versions.filter(
    ({ state, not_after, revoked_at, revocation_reason }) =>
      state === "issued" && Date.parse(not_after) > nowMs && (revoked_at === null || revocation_reason === HOLD),
  ).length;
}

export function targetsOf({ targets }: KeyUse): string[] | null {
  return targets === null ? null : targets.map(({ id }) => id);
}

export function agentsOf({ agents }: KeyUse): string[] | null {
  return agents === null ? null : agents.map(({ id }) => id);
}

export function openJobsOf({ jobs }: KeyUse): Job[] {
  return jobs.filter(isOpenJob);
}

/** Of all records; a target or an agent that several have counts once. */
export function totalsOf(records: readonly KeyUse[]) {
  const distinct = (idsOf: (record: KeyUse) => readonly string[] | null) => new Set(records.flatMap((record) => idsOf(record) ?? [])).size;
  return {
    valid: records.reduce((sum, record) => sum + validOf(record), 0),
    targets: distinct(targetsOf),
    agents: distinct(agentsOf),
    openJobs: distinct((record) => openJobsOf(record).map(({ id }) => id)),
  };
}
