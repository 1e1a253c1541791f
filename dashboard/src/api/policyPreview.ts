import { bodyOf, client, type Schemas } from "./client";

export type PolicyRule = Pick<Schemas["PolicyBody"], "type" | "config">;
export type PolicyPreview = Schemas["PolicyPreviewView"];
export type ForeseenViolation = Schemas["ForeseenViolationView"];

/** The most that one request examines. */
const EXAMINED = 500;

/** Which certificates would violate it: those of one page, oldest first. Nothing is stored. */
export function previewPolicy(rule: PolicyRule, cursor: string | undefined, signal: AbortSignal): Promise<PolicyPreview> {
  const body = { ...rule, per_page: EXAMINED, ...(cursor !== undefined && { cursor }) };
  return bodyOf(client.POST("/api/v1/policies/preview", { body, signal }));
}
