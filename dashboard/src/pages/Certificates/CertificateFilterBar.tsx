import type { RecordField } from "../../api/recordFields";
import type { FieldWith } from "../../components/certificateFields";
import { FieldFilter } from "../../components/FieldInput";
import { DayFilter, DayRange, FilterBar, SelectFilter, TextFilter } from "../../components/FilterBar";
import { labelOf } from "../../components/StatusBadge";
import { type CertificateFilterState, FIELD_FILTERS, RENEWALS, SELDOM, STATUSES, WITHIN } from "./filters";

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
      <FieldFilters fields={FIELD_FILTERS.shown} filters={filters} />
    </FilterBar>
  );
}

function Seldom({ filters }: { filters: CertificateFilterState }) {
  const { values, set } = filters;
  return (
    <>
      <TextFilter label="Domain" value={values.name} onChange={(value) => set("name", value)} />
      <FieldFilters fields={FIELD_FILTERS.folded} filters={filters} />
      <SelectFilter label="Renewal" value={values.renewal} onChange={(value) => set("renewal", value)} options={RENEWALS} />
      <SelectFilter label="Expires within" value={values.within} onChange={(value) => set("within", value)} options={WITHIN} />
      <DayRange>
        <DayFilter label="Expires from" value={values.from} onChange={(value) => set("from", value)} />
        <DayFilter label="to" value={values.to} onChange={(value) => set("to", value)} />
      </DayRange>
    </>
  );
}

function FieldFilters({ fields, filters: { values, set } }: { fields: readonly RecordField[]; filters: CertificateFilterState }) {
  return fields.map((field) => {
    const name = field.name as FieldWith<"filter">;
    return <FieldFilter key={name} field={field} value={values[name]} onChange={(value) => set(name, value)} />;
  });
}
