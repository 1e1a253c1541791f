import { useQuery } from "@tanstack/react-query";

import { SLOW_POLL_MS } from "../../api/polling";
import { readRevocations, revocationKeys } from "../../api/revocations";
import { Card } from "../../components/Card";
import { CatalogFilter } from "../../components/catalog/CatalogFilter";
import { FilterBar, SelectFilter, useFilters } from "../../components/FilterBar";
import { PageHeader } from "../../components/PageHeader";
import { HOLD, reasonLabel, REASONS } from "../CertificateDetail/reasons";
import { CaCard } from "./CaCard";
import classes from "./Revocation.module.css";
import { RevocationTable } from "./RevocationTable";

const NAMES = ["period", "reason", "issuer_id"] as const;
const [DAY_H, WEEK_H, MONTH_H] = [24, 168, 720];
const PERIODS = [
  { value: "day", label: "Last 24 hours", hours: DAY_H },
  { value: "week", label: "Last 7 days", hours: WEEK_H },
  { value: "month", label: "Last 30 days", hours: MONTH_H },
  { value: "all", label: "Any time", hours: null },
] as const;
const REASON_OPTIONS = [...REASONS.map(({ value, label }) => ({ value, label })), { value: HOLD, label: reasonLabel(HOLD) }];
/** A list that takes more requests is refreshed by hand only. */
const MOST_PAGES_REFRESHED = 6;

export default function Revocation() {
  const filters = useFilters(NAMES);
  const { values, set, clear, count } = filters;
  const period = PERIODS.find(({ value }) => value === values.period) ?? PERIODS[1];
  const wanted = { hours: period.hours, reason: values.reason ?? null, issuerId: values.issuer_id ?? null };
  const query = useQuery({
    queryKey: revocationKeys.list(wanted),
    queryFn: ({ signal }) => readRevocations(wanted, signal),
    refetchInterval: ({ state: { data } }) => (data !== undefined && data.pages <= MOST_PAGES_REFRESHED ? SLOW_POLL_MS : false),
  });
  return (
    <>
      <PageHeader
        title="Revocation"
        description="What relying parties can see: each CA’s CRL and OCSP responder, and how soon revocations became public."
        docs="receipts"
      />
      <FilterBar count={count} onClear={clear}>
        <SelectFilter label="Period" value={period.value} onChange={(value) => set("period", value)} options={PERIODS} />
        <SelectFilter label="Reason" value={values.reason} onChange={(value) => set("reason", value)} options={REASON_OPTIONS} />
        <CatalogFilter kind="issuers" label="Issuer" value={values.issuer_id} onChange={(value) => set("issuer_id", value)} />
      </FilterBar>
      <div className={classes.stack}>
        <CaCard
          rows={query.data?.rows ?? []}
          period={query.data?.isPart === true ? `${period.label}; only a part of the revocations was read` : period.label}
        />
        <Card
          title="Revocations"
          description="Of the certificates that you may see, of all issuers: what an external one confirmed, and for which reason."
          flush
        >
          <RevocationTable
            query={query}
            identity={`${period.value} ${wanted.reason ?? ""} ${wanted.issuerId ?? ""}`}
            onClear={count > 0 ? clear : null}
          />
        </Card>
      </div>
    </>
  );
}
