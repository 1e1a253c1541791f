import { Button } from "@mantine/core";
import { Link } from "react-router";

import { endpointKeys, type EndpointFilters, listEndpoints } from "../../api/endpoints";
import { useList } from "../../api/paging";
import { LIST_POLL_MS } from "../../api/polling";
import { useAddress } from "../../components/address";
import { Card } from "../../components/Card";
import { CatalogFilter } from "../../components/catalog/CatalogFilter";
import { CertificateFilter } from "../../components/CertificatePicker";
import { DataTable } from "../../components/DataTable";
import { FilterBar, SelectFilter, useFilters } from "../../components/FilterBar";
import { Icon } from "../../components/Icon";
import { PageHeader } from "../../components/PageHeader";
import { useCan } from "../../components/session";
import { Empty, NothingMatches } from "../../components/states";
import { COLUMNS } from "./columns";
import { EndpointDrawer } from "./EndpointDrawer";
import { EndpointModal } from "./EndpointModal";
import { ANY_FINDING, FINDING_OPTIONS } from "./words";

const NAMES = ["finding", "certificate", "team", "owner"] as const;

const idOf = ({ id }: { id: string }) => id;

export default function Endpoints() {
  const filters = useFilters(NAMES);
  const wanted = queryOf(filters.values);
  const list = useList(endpointKeys.list(wanted), (page) => listEndpoints(wanted, page), { refetchInterval: LIST_POLL_MS });
  const form = useAddress().flag("new");
  const mayWrite = useCan("endpoints:write");
  const add = mayWrite && (
    <Button leftSection={<Icon name="plus" size={15} />} onClick={form.open}>
      New endpoint
    </Button>
  );
  return (
    <>
      <PageHeader title="Endpoints" description="Where certificates are served, and what is wrong there." docs="endpoints" actions={add} />
      <EndpointFilterBar filters={filters} />
      <Card flush>
        <DataTable
          list={list}
          columns={COLUMNS}
          rowKey={idOf}
          what="endpoints"
          empty={filters.count > 0 ? <NothingMatches onClear={filters.clear} /> : <NothingYet />}
        />
      </Card>
      <EndpointDrawer />
      {mayWrite && <EndpointModal opened={form.isOpen} onClose={form.close} />}
    </>
  );
}

/** As the API takes them; a finding that there is not is left out. */
function queryOf({ finding, ...others }: Partial<Record<(typeof NAMES)[number], string>>): EndpointFilters {
  if (finding === ANY_FINDING) return { ...others, has_findings: true };
  const isKnown = FINDING_OPTIONS.some(({ value }) => value === finding);
  return { ...others, ...(isKnown && { finding }) } as EndpointFilters;
}

function EndpointFilterBar({ filters: { values, set, clear, count } }: { filters: ReturnType<typeof useFilters<(typeof NAMES)[number]>> }) {
  return (
    <FilterBar count={count} onClear={clear}>
      <SelectFilter label="Finding" value={values.finding} onChange={(value) => set("finding", value)} options={FINDING_OPTIONS} />
      <CertificateFilter value={values.certificate} onChange={(value) => set("certificate", value)} />
      <CatalogFilter kind="teams" label="Team" value={values.team} onChange={(value) => set("team", value)} />
      <CatalogFilter kind="owners" label="Owner" value={values.owner} onChange={(value) => set("owner", value)} />
    </FilterBar>
  );
}

function NothingYet() {
  const mayImport = useCan("inventory:write");
  const paste = (
    <Button component={Link} to="/inventory/import" variant="default" size="xs" mt={8}>
      Paste host names
    </Button>
  );
  return (
    <Empty title="No endpoints yet" icon="heartbeat" action={mayImport && paste}>
      An endpoint is a host and port that is probed: a certificate that was renewed and not reloaded is found there.
    </Empty>
  );
}
