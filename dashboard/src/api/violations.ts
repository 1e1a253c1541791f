import { bodyOf, client, type Page, type Schemas } from "./client";
import type { PageRequest } from "./paging";

export type Violation = Schemas["ViolationView"];

/** Of one policy, or of all; those that stand, or any. */
export interface WantedViolations {
  policyId: string | null;
  state: "open" | null;
}

const ROWS = 100;

export const violationKeys = {
  all: ["violations"] as const,
  list: (wanted: WantedViolations) => ["violations", "list", wanted] as const,
};

/** Newest first; those that stand by certificate. */
export function listViolations({ policyId, state }: WantedViolations, { cursor, signal }: PageRequest): Promise<Page<Violation>> {
  const query = { per_page: ROWS, ...(state !== null && { state }), ...(cursor !== undefined && { cursor }) };
  if (policyId === null) return bodyOf(client.GET("/api/v1/violations", { params: { query }, signal }));
  return bodyOf(client.GET("/api/v1/policies/{policy_id}/violations", { params: { path: { policy_id: policyId }, query }, signal }));
}
