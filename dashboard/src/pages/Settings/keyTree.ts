/** API keys as a tree: each is followed by the keys that it made. */

import type { ApiKey } from "../../api/apiKeys";

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
    (made.get(maker) ?? []).flatMap((key) => [{ ...key, depth, maker: key.made_by && (names.get(key.made_by) ?? key.made_by) }, ...below(key.id, depth + 1)]);
  return below(null, 0);
}

/** How many of the keys the key made, and how many these made. */
export function countBelow(keys: readonly ApiKey[], id: string): number {
  const made = keys.filter((key) => key.made_by === id);
  return made.reduce((sum, key) => sum + 1 + countBelow(keys, key.id), 0);
}
