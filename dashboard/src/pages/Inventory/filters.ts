import { useMemo } from "react";

import type { ObservedFilters, ObservedStatus } from "../../api/inventory";
import { wireTime } from "../../api/wireTime";
import { useFilters } from "../../components/FilterBar";
import { isRenewer, isTrait } from "../../components/words/traits";

const DAY_MS = 86_400_000;

export const STATUSES: readonly ObservedStatus[] = ["Unmanaged", "Managed", "Claimed", "Superseded", "Gone", "Dismissed"];
/** Days from now. */
export const EXPIRY = [
  { value: "0", label: "Expired" },
  { value: "7", label: "Expired, or in 7 days" },
  { value: "30", label: "Expired, or in 30 days" },
  { value: "90", label: "Expired, or in 90 days" },
];
export const KINDS = [{ value: "true", label: "CA certificates" }];
export const OWNED = [
  { value: "true", label: "An owner" },
  { value: "false", label: "Nobody" },
];
export const SELDOM = ["owner", "owned", "kind", "trait", "renewer"] as const;
const NAMES = ["q", "status", "expires", "issuer", "team", ...SELDOM] as const;

type Values = Partial<Record<(typeof NAMES)[number], string>>;

/** As the API takes them; what is not offered is left out. */
export function queryOf({ status: wanted, expires, owned, kind, trait, renewer, ...texts }: Values, nowMs = Date.now()): ObservedFilters {
  const status = STATUSES.find((known) => known === wanted);
  const days = EXPIRY.find(({ value }) => value === expires)?.value;
  return {
    ...texts,
    ...(status && { status }),
    ...(days !== undefined && { expires_before: wireTime(nowMs + Number(days) * DAY_MS) }),
    ...(OWNED.some(({ value }) => value === owned) && { is_owned: owned === "true" }),
    ...(kind === "true" && { is_ca: true }),
    ...(isTrait(trait) && { trait }),
    ...(isRenewer(renewer) && { renewer }),
  };
}

export function useObservedFilters() {
  const { values, set, clear, count } = useFilters(NAMES);
  const query = useMemo(() => queryOf(values), [values]);
  return { values, set, clear, count, query };
}

export type ObservedFilterState = ReturnType<typeof useObservedFilters>;
