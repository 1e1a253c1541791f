/** API keys as a tree: each is followed by the keys that it made. */

import type { ApiKey } from "../../api/apiKeys";
import { isPast } from "../../components/now";

/** `depth` is 0 for a key whose maker is not among the keys. */
export interface PlacedKey extends ApiKey {
  depth: number;
  /** The name of its maker; its ID if the maker is not among the keys. */
  maker: string | null;
}

export function inTree(keys: readonly ApiKey[]): PlacedKey[] {
  const names = new Map(keys.map((key) => [key.id, key.name]));
  const made = new Map<string | null, ApiKey[]>();
  for (const key of keys) {
    const maker = key.made_by !== null && names.has(key.made_by) ? key.made_by : null;
    made.set(maker, [...(made.get(maker) ?? []), key]);
  }
  const below = (maker: string | null, depth: number): PlacedKey[] =>
    (made.get(maker) ?? []).flatMap((key) => [
      { ...key, depth, maker: key.made_by && (names.get(key.made_by) ?? key.made_by) },
      ...below(key.id, depth + 1),
    ]);
  return below(null, 0);
}

export function hasEnded({ revoked_at, expires_at }: ApiKey, now: number): boolean {
  return revoked_at !== null || isPast(expires_at, now);
}

/** The live ones that end with the key. */
export function childrenOf(keys: readonly ApiKey[], id: string): ApiKey[] {
  return keys.filter((key) => key.parent_id === id && !hasEnded(key, Date.now()));
}

/** The live ones that the key made, or that replaced it, and what these made, also through some that have ended. */
export function madeBy(keys: readonly ApiKey[], id: string): ApiKey[] {
  const below = (maker: string): ApiKey[] => keys.filter((key) => key.made_by === maker).flatMap((key) => [key, ...below(key.id)]);
  return below(id).filter((key) => !hasEnded(key, Date.now()));
}

const MOST_NAMED = 10;

/** "ci, laptop", "ci, laptop and 3 more". */
export function namesOf(keys: readonly ApiKey[]): string {
  const named = keys
    .slice(0, MOST_NAMED)
    .map(({ name }) => name)
    .join(", ");
  return keys.length > MOST_NAMED ? `${named} and ${String(keys.length - MOST_NAMED)} more` : named;
}
