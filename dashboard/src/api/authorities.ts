import { useQuery } from "@tanstack/react-query";

import { bodyOf, client, type Schemas } from "./client";
import { MOST_ROWS_A_PAGE } from "./everyRow";

export type Authority = Schemas["AuthorityView"];
export type AuthorityDetails = Schemas["AuthorityDetailsView"];
export type PublishedCrl = Schemas["PublishedCrlView"];

export const authorityKeys = {
  all: ["authorities"] as const,
  list: ["authorities", "list"] as const,
  one: (id: string) => ["authorities", "one", id] as const,
  uses: (id: string) => ["authorities", "uses", id] as const,
};

/** Each root followed by the CAs below it, the active ones before the others. */
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

/** What a CA vouches for: certificates whose current version it issued. */
export interface CaUses {
  certificates: number;
  targets: number;
  /** Whether there are others that were not counted. */
  isPart: boolean;
  /** How many requests it took. */
  pages: number;
}

const MOST_PAGES = 40;

export async function readUses(id: string, signal: AbortSignal): Promise<CaUses> {
  const targets = new Set<string>();
  let [certificates, pages] = [0, 0];
  let cursor: string | null = null;
  do {
    const query = { per_page: MOST_ROWS_A_PAGE, ...(cursor !== null && { cursor }) };
    const part: Schemas["AuthorityUsesView"] = await bodyOf(
      client.GET("/api/v1/authorities/{ca_id}/uses", { params: { path: { ca_id: id }, query }, signal }),
    );
    certificates += part.certificates;
    for (const target of part.target_ids) targets.add(target);
    pages += 1;
    cursor = part.next_cursor;
  } while (cursor !== null && pages < MOST_PAGES);
  return { certificates, targets: targets.size, isPart: cursor !== null, pages };
}
