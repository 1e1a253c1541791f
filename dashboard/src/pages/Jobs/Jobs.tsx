import { jobKeys, type JobFilters, listJobs } from "../../api/jobs";
import { useList } from "../../api/paging";
import { LIST_POLL_MS } from "../../api/polling";
import { Card } from "../../components/Card";
import { CertificateFilter } from "../../components/CertificatePicker";
import { CatalogFilter } from "../../components/catalog/CatalogFilter";
import { DataTable } from "../../components/DataTable";
import { FilterBar, SelectFilter, useFilters } from "../../components/FilterBar";
import { useIsNarrow } from "../../components/narrow";
import { PageHeader } from "../../components/PageHeader";
import { Empty, NothingMatches } from "../../components/states";
import { columnsFor } from "./columns";
import { JobDrawer } from "./JobDrawer";
import { OPEN, STATUSES, TYPES } from "./words";

const NAMES = ["status", "state", "type", "team_id", "target_id", "agent_id", "certificate_id"] as const;
const UNDER_MORE = ["target_id", "agent_id", "certificate_id"] as const;
const STATES = [
  { value: "open", label: "Open" },
  { value: "ended", label: "Ended" },
];
const ROW_HEIGHT = { wide: 52, narrow: 104 };

const idOf = ({ id }: { id: string }) => id;

export default function Jobs() {
  const filters = useFilters(NAMES);
  const wanted = queryOf(filters.values);
  const list = useList(jobKeys.list(wanted), (page) => listJobs(wanted, page), { refetchInterval: LIST_POLL_MS });
  const isNarrow = useIsNarrow();
  return (
    <>
      <PageHeader title="Jobs" description="Issuance, renewal, revocation and deployment: what is open, and how it ended." />
      <JobFilterBar filters={filters} />
      <Card flush>
        <DataTable
          key={isNarrow ? "narrow" : "wide"}
          list={list}
          columns={columnsFor(isNarrow)}
          rowKey={idOf}
          what="jobs"
          empty={<Nothing onClear={filters.count > 0 ? filters.clear : null} />}
          rowHeight={isNarrow ? ROW_HEIGHT.narrow : ROW_HEIGHT.wide}
        />
      </Card>
      <JobDrawer />
    </>
  );
}

/** As the API takes them: open jobs have several statuses. */
function queryOf({ status, ...others }: Partial<Record<(typeof NAMES)[number], string>>): JobFilters {
  const about = status === undefined ? {} : status === OPEN ? { state: OPEN } : { status };
  return { ...others, ...about } as JobFilters;
}

function JobFilterBar({ filters }: { filters: ReturnType<typeof useFilters<(typeof NAMES)[number]>> }) {
  const { values, set, clear, count } = filters;
  return (
    <FilterBar
      count={count}
      onClear={clear}
      moreCount={UNDER_MORE.filter((name) => values[name] !== undefined).length}
      more={
        <>
          <CatalogFilter kind="targets" label="Target" value={values.target_id} onChange={(value) => set("target_id", value)} />
          <CatalogFilter kind="agents" label="Open work of agent" value={values.agent_id} onChange={(value) => set("agent_id", value)} />
          <CertificateFilter value={values.certificate_id} onChange={(value) => set("certificate_id", value)} />
        </>
      }
    >
      <SelectFilter label="State" value={values.state} onChange={(value) => set("state", value)} options={STATES} />
      <SelectFilter label="Status" value={values.status} onChange={(value) => set("status", value)} options={STATUSES} />
      <SelectFilter label="Type" value={values.type} onChange={(value) => set("type", value)} options={TYPES} />
      <CatalogFilter kind="teams" label="Team" value={values.team_id} onChange={(value) => set("team_id", value)} />
    </FilterBar>
  );
}

function Nothing({ onClear }: { onClear: (() => void) | null }) {
  if (onClear !== null) return <NothingMatches onClear={onClear} />;
  return (
    <Empty title="No jobs yet" icon="jobs">
      Every issuance and renewal of a certificate is a job.
    </Empty>
  );
}
