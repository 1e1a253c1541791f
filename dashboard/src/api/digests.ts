import { useQuery } from "@tanstack/react-query";

import { bodyOf, client, type Schemas } from "./client";

export type DigestPreview = Schemas["DigestPreviewView"];
export type DigestOf = { owner_id: string } | { team_id: string };

/** The weekly digest as it would be now. */
export function useDigestPreview(of: DigestOf, enabled: boolean) {
  return useQuery({
    queryKey: ["digest-preview", of],
    queryFn: ({ signal }) => bodyOf(client.GET("/api/v1/notifications/digest-preview", { params: { query: of }, signal })),
    enabled,
  });
}
