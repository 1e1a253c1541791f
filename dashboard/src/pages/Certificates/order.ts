import { useCallback, useMemo } from "react";

import type { CertificateFilters, CertificateStatus } from "../../api/certificates";
import { useAddress } from "../../components/address";
import type { SortControl, Sorting } from "../../components/sorting";

type ApiSort = NonNullable<CertificateFilters["sort"]>;

const LASTING: readonly CertificateStatus[] = ["Active", "RenewalInProgress"];
const ON_EXPIRY_INDEX: readonly CertificateStatus[] = [...LASTING, "Expiring", "Expired"];
const PARAMETER = "sort";
const SOONEST: Sorting = { column: "expires", direction: "ascending" };

/** The API's name for this order; null if no index has it for these filters (services/certificates/lists.py),
 *  and for columns that none has: then the table sorts, once all rows are loaded. */
export function apiSortOf(sorting: Sorting | null, filters: CertificateFilters): ApiSort | null {
  if (sorting === null || filters.name !== undefined || filters.search !== undefined) return null;
  const isAscending = sorting.direction === "ascending";
  if (sorting.column === "expires") {
    return hasStatusOf(filters, ON_EXPIRY_INDEX) ? (isAscending ? "expires_at" : "-expires_at") : null;
  }
  if (sorting.column !== "created") return null;
  const order = isAscending ? "created_at" : "-created_at";
  if (filters.owner_id !== undefined || filters.team_id !== undefined || filters.issuer_id !== undefined) return order;
  if (filters.renewal !== undefined || filters.expires_after !== undefined || filters.expires_before !== undefined) return null;
  return hasStatusOf(filters, LASTING) ? order : null;
}

function hasStatusOf({ status }: CertificateFilters, statuses: readonly CertificateStatus[]): boolean {
  return status === undefined || statuses.includes(status);
}

/** `expires`, `-created`; null for what is none. */
function sortingOf(text: string | null): Sorting | null {
  const [, minus, column] = /^(-?)([a-z_]+)$/.exec(text ?? "") ?? [];
  return column === undefined ? null : { column, direction: minus === "-" ? "descending" : "ascending" };
}

function asText({ column, direction }: Sorting): string {
  return direction === "descending" ? `-${column}` : column;
}

/** What expires soonest comes first, unless the address has another order, or the API has none by expiry here. */
export function sortingIn(parameter: string | null, filters: CertificateFilters): Sorting | null {
  return sortingOf(parameter) ?? (apiSortOf(SOONEST, filters) === null ? null : SOONEST);
}

/** What to ask the API for, and what the table is to do. The order stands in the address, so that the way back keeps it. An order that
 *  the table makes changes nothing that is asked: what was loaded stays. */
export function useOrder(filters: CertificateFilters) {
  const { parameters, set } = useAddress();
  const parameter = parameters.get(PARAMETER);
  const sorting = useMemo(() => sortingIn(parameter, filters), [parameter, filters]);
  const setSorting = useCallback((wanted: Sorting | null) => set({ [PARAMETER]: wanted && asText(wanted) }), [set]);
  const isByApi = apiSortOf(sorting, filters) !== null;
  const apiSorting = isByApi ? sorting : sortingIn(null, filters);
  const sort = apiSortOf(apiSorting, filters);
  const canApiSort = (column: string) => apiSortOf({ column, direction: "ascending" }, filters) !== null;
  const order: SortControl = { sorting, setSorting, isByApi, apiSorting, canApiSort };
  const query = useMemo(() => (sort === null ? filters : { ...filters, sort }), [filters, sort]);
  return { query, order, comesByExpiry: sort?.endsWith("expires_at") === true };
}
