import { useMemo } from "react";

import type { CertificateFilters, CertificateStatus } from "../../api/certificates";
import { useFilters } from "../../components/FilterBar";

export const STATUSES: readonly CertificateStatus[] = [
  "Active",
  "Expiring",
  "Expired",
  "Pending",
  "RenewalInProgress",
  "Failed",
  "OnHold",
  "Revoked",
  "Archived",
];

const TEXTS = ["search", "name", "environment", "team_id", "owner_id", "issuer_id", "profile_id"] as const;
export const SELDOM = ["name", "owner_id", "issuer_id", "profile_id", "from", "to"] as const;
const NAMES = ["status", ...TEXTS, "from", "to"] as const;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const SECOND_MS = 1_000;

type Values = Partial<Record<(typeof NAMES)[number], string>>;

/** Midnight here where the day begins, some days later; null for what is no day. */
function midnight(day: string | undefined, daysLater: number): Date | null {
  if (day === undefined || !DAY.test(day)) return null;
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date + daysLater);
}

const wire = (date: Date) => date.toISOString().replace(/\.\d{3}Z$/, "Z");

/** As the API takes them; both of its bounds are excluded, both days of the page are included. */
export function queryOf(values: Values): CertificateFilters {
  const texts = Object.fromEntries(TEXTS.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])));
  const status = STATUSES.find((known) => known === values.status);
  const from = midnight(values.from, 0);
  const to = midnight(values.to, 1);
  return {
    ...texts,
    ...(status && { status }),
    ...(from && { expires_after: wire(new Date(from.getTime() - SECOND_MS)) }),
    ...(to && { expires_before: wire(to) }),
  };
}

export function useCertificateFilters() {
  const { values, set, clear, count } = useFilters(NAMES);
  const query = useMemo(() => queryOf(values), [values]);
  return { values, set, clear, count, query };
}

export type CertificateFilterState = ReturnType<typeof useCertificateFilters>;
