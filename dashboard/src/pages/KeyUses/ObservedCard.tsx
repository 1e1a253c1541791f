import type { KeyObserved } from "../../api/keyUses";
import { listOf, type ReadableList } from "../../api/paging";
import { Card } from "../../components/Card";
import { CatalogLink } from "../../components/catalog/CatalogName";
import { type Column, DataTable } from "../../components/DataTable";
import { Expiry } from "../../components/Expiry";
import { RowLink } from "../../components/RowLink";
import { Empty } from "../../components/states";
import { StatusBadge } from "../../components/StatusBadge";
import { expiring, issuerWords, nameWords } from "../Inventory/words";

interface ObservedCardProps {
  observed: readonly KeyObserved[];
  query: Pick<ReadableList<KeyObserved>, "error" | "isFetching" | "refetch">;
}

/** Certificates of any issuer that were found with the key. */
export function ObservedCard({ observed, query }: ObservedCardProps) {
  return (
    <Card title="Observed certificates with this key" description="They were found in files, accounts and imports." flush>
      <DataTable
        list={listOf(observed, query)}
        columns={COLUMNS}
        rowKey={({ fingerprint }) => fingerprint}
        what="observed certificates"
        empty={<Empty title="None that you can access" />}
      />
    </Card>
  );
}

const COLUMNS: readonly Column<KeyObserved>[] = [
  { id: "name", title: "Name", cell: (row) => <RowLink to={`/inventory/${row.fingerprint}`} title={nameWords(row)} /> },
  { id: "status", title: "Status", width: "132px", hideWhenNarrow: true, cell: ({ status }) => <StatusBadge status={status} /> },
  { id: "issuer", title: "Issuer", hideWhenNarrow: true, cell: ({ issuer }) => <bdi title={issuer}>{issuerWords(issuer)}</bdi> },
  { id: "expires", title: "Expires", width: "168px", cell: (row) => <Expiry certificate={expiring(row)} /> },
  {
    id: "places",
    title: "Places",
    width: "84px",
    align: "right",
    hideWhenNarrow: true,
    cell: ({ sightings }) => sightings.toLocaleString("en"),
  },
  { id: "team", title: "Team", width: "150px", hideWhenNarrow: true, cell: ({ team_id }) => <CatalogLink kind="teams" id={team_id} /> },
];
