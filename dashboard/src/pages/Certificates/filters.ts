import { useMemo } from "react";

import type { CertificateFilters, CertificateStatus } from "../../api/certificates";
import type { RecordField } from "../../api/recordFields";
import { wireTime } from "../../api/wireTime";
import { CERTIFICATE_FIELDS, type FieldWith } from "../../components/certificateFields";
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

/** Those that the order by expiry has. */
export const IN_FORCE: readonly string[] = ["Active", "Expiring", "Expired", "RenewalInProgress"];

const SHOWN = CERTIFICATE_FIELDS.filter(({ filter }) => filter === "shown");
const FOLDED = CERTIFICATE_FIELDS.filter(({ filter }) => filter === "folded");
/** Filters of fields, by where they stand. */
export const FIELD_FILTERS = { shown: SHOWN, folded: FOLDED } as const;
const namesOf = (fields: readonly RecordField[]) => fields.map(({ name }) => name as FieldWith<"filter">);
const TEXTS = ["search", "name", ...namesOf([...SHOWN, ...FOLDED])] as const;
export const SELDOM = ["name", ...namesOf(FOLDED), "renewal", "within", "from", "to"] as const;
/** Exact bounds, which links of charts have. */
const BOUNDS = ["expires_after", "expires_before"] as const;
/** Of ACME clients, which links have. */
const OF_CLIENTS = ["acme", "acme_eab_key"] as const;
const NAMES = ["status", ...TEXTS, "renewal", "within", "from", "to", ...BOUNDS, ...OF_CLIENTS] as const;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;
const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;

export const RENEWALS = [
  { value: "urgent", label: "Urgent: none comes before the end" },
  { value: "stuck", label: "Stuck" },
  { value: "manual", label: "By hand: none comes by itself" },
  { value: "acme_stopped", label: "ACME client stopped" },
] as const;
/** Hours from now. */
export const WITHIN = [
  { value: "24", label: "24 hours" },
  { value: "72", label: "72 hours" },
  { value: "168", label: "7 days" },
  { value: "720", label: "30 days" },
];

type Values = Partial<Record<(typeof NAMES)[number], string>>;

/** Midnight here where the day begins, some days later; null for what is no day. */
function midnight(day: string | undefined, daysLater: number): Date | null {
  if (day === undefined || !DAY.test(day)) return null;
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date + daysLater);
}

/** As the API takes them; both of its bounds are excluded, both days of the page are included. */
export function queryOf(values: Values): CertificateFilters {
  const texts = Object.fromEntries(TEXTS.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])));
  const status = STATUSES.find((known) => known === values.status);
  const renewal = RENEWALS.find(({ value }) => value === values.renewal)?.value;
  const from = midnight(values.from, 0);
  const to = midnight(values.to, 1);
  return {
    ...texts,
    ...(status && { status }),
    ...(renewal && { renewal }),
    ...(values.acme === "true" && { acme: true }),
    ...(values.acme_eab_key !== undefined && { acme_eab_key: values.acme_eab_key }),
    ...soon(values.within),
    ...(from && { expires_after: wireTime(from.getTime() - SECOND_MS) }),
    ...(to && { expires_before: wireTime(to) }),
    ...Object.fromEntries(BOUNDS.flatMap((name) => (TIME.test(values[name] ?? "") ? [[name, values[name]]] : []))),
  };
}

/** The next hours; nothing for a number that is not offered. */
function soon(hours: string | undefined): CertificateFilters {
  if (!WITHIN.some(({ value }) => value === hours)) return {};
  const now = Date.now();
  return { expires_after: wireTime(now), expires_before: wireTime(now + Number(hours) * HOUR_MS) };
}

export function useCertificateFilters() {
  const { values, set, clear, count } = useFilters(NAMES);
  const query = useMemo(() => queryOf(values), [values]);
  return { values, set, clear, count, query };
}

export type CertificateFilterState = ReturnType<typeof useCertificateFilters>;
