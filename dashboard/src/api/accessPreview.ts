import { bodyOf, client, type Schemas } from "./client";

export type AccessPreview = Schemas["AccessPreviewView"];

/** What the rules of a provider say of a person with these claims. Nothing is stored. */
export function previewAccess(body: Schemas["AccessPreviewBody"]): Promise<AccessPreview> {
  return bodyOf(client.POST("/api/v1/auth/preview", { body }));
}
