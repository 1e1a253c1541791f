import { useState } from "react";

import type { CertificateFilters, CertificateStatus } from "../../api/certificates";
import type { SortControl, Sorting } from "../../components/sorting";

type ApiSort = NonNullable<CertificateFilters["sort"]>;

const LASTING: readonly CertificateStatus[] = ["Active", "RenewalInProgress"];
const ON_EXPIRY_INDEX: readonly CertificateStatus[] = [...LASTING, "Expiring", "Expired"];

/** The API's name for this order; null if no index has it for these filters (services/certificate_lists.py),
 *  and for columns that none has: then the table sorts what is loaded. */
export function apiSortOf(sorting: Sorting | null, filters: CertificateFilters): ApiSort | null {
  if (sorting === null || filters.name !== undefined || filters.search !== undefined) return null;
  const isAscending = sorting.direction === "ascending";
  if (sorting.column === "expires") {
    return hasStatusOf(filters, ON_EXPIRY_INDEX) ? (isAscending ? "expires_at" : "-expires_at") : null;
  }
  if (sorting.column !== "created") return null;
  const order = isAscending ? "created_at" : "-created_at";
  if (filters.owner_id !== undefined || filters.team_id !== undefined || filters.issuer_id !== undefined) return order;
  if (filters.expires_after !== undefined || filters.expires_before !== undefined) return null;
  return hasStatusOf(filters, LASTING) ? order : null;
}

function hasStatusOf({ status }: CertificateFilters, statuses: readonly CertificateStatus[]): boolean {
  return status === undefined || status === null || statuses.includes(status);
}

/** What to ask the API for, and what the table is to do. */
export function useOrder(filters: CertificateFilters) {
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const sort = apiSortOf(sorting, filters);
  const order: SortControl = { sorting, setSorting, isByApi: sort !== null };
  const isByExpiry = sort?.endsWith("expires_at") === true;
  return { query: sort === null ? filters : { ...filters, sort }, order, isByExpiry };
}
