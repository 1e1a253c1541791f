import { useQuery } from "@tanstack/react-query";

import { bodyOf, client, type Schemas } from "./client";

export type Authority = Schemas["AuthorityView"];
export type AuthorityDetails = Schemas["AuthorityDetailsView"];
export type PublishedCrl = Schemas["PublishedCrlView"];

export const authorityKeys = {
  all: ["authorities"] as const,
  list: ["authorities", "list"] as const,
  one: (id: string) => ["authorities", "one", id] as const,
};

/** Issuing CAs first, the active ones before the others. */
async function listAuthorities(signal: AbortSignal): Promise<Authority[]> {
  return (await bodyOf(client.GET("/api/v1/authorities", { signal }))).data;
}

/** All of them. */
export function useAuthorities(options: { enabled?: boolean; refetchInterval?: number; staleTime?: number } = {}) {
  return useQuery({ queryKey: authorityKeys.list, queryFn: ({ signal }) => listAuthorities(signal), ...options });
}

export function getAuthority(id: string, signal: AbortSignal): Promise<AuthorityDetails> {
  return bodyOf(client.GET("/api/v1/authorities/{ca_id}", { params: { path: { ca_id: id } }, signal }));
}
