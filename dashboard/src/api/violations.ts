import { bodyOf, client, type Page, type Schemas } from "./client";
import type { PageRequest } from "./paging";

export type Violation = Schemas["ViolationView"];

const ROWS = 100;

export const violationKeys = {
  all: ["violations"] as const,
  list: (policyId: string | null) => ["violations", "list", policyId] as const,
};

/** Newest first: of one policy, or of all. */
export function listViolations(policyId: string | null, { cursor, signal }: PageRequest): Promise<Page<Violation>> {
  const query = { per_page: ROWS, ...(cursor !== undefined && { cursor }) };
  if (policyId === null) return bodyOf(client.GET("/api/v1/violations", { params: { query }, signal }));
  return bodyOf(client.GET("/api/v1/policies/{policy_id}/violations", { params: { path: { policy_id: policyId }, query }, signal }));
}
