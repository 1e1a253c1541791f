import { bodyOf, client, type Schemas } from "./client";

export type TrustPreview = Schemas["TrustPreviewView"];

/** What a rule would say of a token, or of claims, before it is saved. */
export function previewUnsavedTrustRule(body: Schemas["UnsavedTrustPreviewBody"]): Promise<TrustPreview> {
  return bodyOf(client.POST("/api/v1/auth/trust-rules/preview", { body }));
}

/** What the saved rule says of a token, or of claims. Nothing is issued or used up. */
export function previewTrustRule(id: string, body: Schemas["TrustPreviewBody"]): Promise<TrustPreview> {
  return bodyOf(client.POST("/api/v1/auth/trust-rules/{trust_rule_id}/preview", { params: { path: { trust_rule_id: id } }, body }));
}
