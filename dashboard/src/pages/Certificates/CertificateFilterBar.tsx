import { CatalogFilter } from "../../components/catalog/CatalogFilter";
import { DayFilter, DayRange, FilterBar, SelectFilter, TextFilter } from "../../components/FilterBar";
import { labelOf } from "../../components/StatusBadge";
import { type CertificateFilterState, RENEWALS, SELDOM, STATUSES, WITHIN } from "./filters";

const STATUS_OPTIONS = STATUSES.map((status) => ({ value: status, label: labelOf(status) }));

export function CertificateFilterBar({ filters }: { filters: CertificateFilterState }) {
  const { values, set, clear, count } = filters;
  const moreCount = SELDOM.filter((name) => values[name] !== undefined).length;
  return (
    <FilterBar count={count} onClear={clear} more={<Seldom filters={filters} />} moreCount={moreCount}>
      <TextFilter
        isSearch
        label="Search"
        placeholder="Name, ID, serial, fingerprint or tag"
        value={values.search}
        onChange={(value) => set("search", value)}
      />
      <SelectFilter label="Status" value={values.status} onChange={(value) => set("status", value)} options={STATUS_OPTIONS} />
      <TextFilter label="Environment" value={values.environment} onChange={(value) => set("environment", value)} />
      <CatalogFilter kind="teams" label="Team" value={values.team_id} onChange={(value) => set("team_id", value)} />
    </FilterBar>
  );
}

function Seldom({ filters: { values, set } }: { filters: CertificateFilterState }) {
  return (
    <>
      <TextFilter label="Domain" value={values.name} onChange={(value) => set("name", value)} />
      <CatalogFilter kind="owners" label="Owner" value={values.owner_id} onChange={(value) => set("owner_id", value)} />
      <CatalogFilter kind="issuers" label="Issuer" value={values.issuer_id} onChange={(value) => set("issuer_id", value)} />
      <CatalogFilter kind="profiles" label="Profile" value={values.profile_id} onChange={(value) => set("profile_id", value)} />
      <SelectFilter label="Renewal" value={values.renewal} onChange={(value) => set("renewal", value)} options={RENEWALS} />
      <SelectFilter label="Expires within" value={values.within} onChange={(value) => set("within", value)} options={WITHIN} />
      <DayRange>
        <DayFilter label="Expires from" value={values.from} onChange={(value) => set("from", value)} />
        <DayFilter label="to" value={values.to} onChange={(value) => set("to", value)} />
      </DayRange>
    </>
  );
}
