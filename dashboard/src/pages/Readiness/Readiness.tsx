import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { type Counted, readinessQuery, type Readiness as Report } from "../../api/inventoryReports";
import { saveCsv } from "../../components/certificateCsv";
import { CatalogFilter } from "../../components/catalog/CatalogFilter";
import { FilterBar, useFilters } from "../../components/FilterBar";
import { Icon } from "../../components/Icon";
import layout from "../../components/layout.module.css";
import { PageHeader } from "../../components/PageHeader";
import { useCan, useSession } from "../../components/session";
import { Empty, QueryView } from "../../components/states";
import { Time } from "../../components/Time";
import { counted } from "../../components/words/count";
import { CasCard } from "./CasCard";
import { linesOf, READINESS_COLUMNS } from "./readinessCsv";
import { RenewalsCard } from "./RenewalsCard";
import { TraitsCard } from "./TraitsCard";
import { TrendCard } from "./TrendCard";

const NAMES = ["team", "owner"] as const;

/** What expires, what is weak, what shorter lifetimes mean, and who has to do it. */
export default function Readiness() {
  const { values, set, clear, count } = useFilters(NAMES);
  const { teams } = useSession();
  const query = useQuery(readinessQuery(values));
  return (
    <>
      <PageHeader
        title="Readiness"
        description="What expires, what is weak, and what shorter lifetimes mean for it."
        docs="readiness"
        actions={hasRows(query.data) && <DownloadButton report={query.data} />}
      />
      <FilterBar count={count} onClear={clear}>
        <CatalogFilter kind="teams" label="Team" value={values.team} onChange={(value) => set("team", value)} />
        {teams === "*" && <CatalogFilter kind="owners" label="Owner" value={values.owner} onChange={(value) => set("owner", value)} />}
      </FilterBar>
      <QueryView query={query} what="the report">
        {(report) => <Cards report={report} wanted={values} />}
      </QueryView>
    </>
  );
}

function hasRows(report: Report | undefined): report is Report {
  return report !== undefined && report.computed_at !== null && report.in_use > 0;
}

function Cards({ report, wanted }: { report: Report; wanted: Counted }) {
  if (report.computed_at === null) {
    return (
      <Empty title="Not counted yet" icon="clock">
        The inventory is counted every night, and within minutes of an import.
      </Empty>
    );
  }
  if (report.in_use === 0) return <NothingInUse at={report.computed_at} />;
  const age = (
    <>
      {counted(report.in_use, "certificates")} in use, counted <Time at={report.computed_at} />. The lists behind the numbers are of now.
    </>
  );
  return (
    <div className={layout.stack}>
      <TraitsCard report={report} wanted={wanted} age={age} />
      <RenewalsCard report={report} />
      <TrendCard wanted={wanted} />
      <CasCard cas={report.expiring_cas} />
    </div>
  );
}

/** Rows of zeros would read as a good report. */
function NothingInUse({ at }: { at: string }) {
  const mayImport = useCan("inventory:write");
  const toImport = (
    <Button component={Link} to="/inventory/import" variant="default" size="xs" mt={8}>
      Import certificates
    </Button>
  );
  return (
    <Empty title="No certificates in use" icon="search" action={mayImport && toImport}>
      Counted <Time at={at} />. What is imported or found is in the report within minutes.
    </Empty>
  );
}

function DownloadButton({ report }: { report: Report }) {
  return (
    <Button
      variant="default"
      leftSection={<Icon name="download" size={15} />}
      onClick={() => saveCsv("readiness", READINESS_COLUMNS, linesOf(report))}
    >
      Download CSV
    </Button>
  );
}
