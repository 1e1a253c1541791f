import { inventoryKeys, listPlaces, type ObservedDetails, type Sighting, useReporters } from "../../api/inventory";
import { useList } from "../../api/paging";
import { Card } from "../../components/Card";
import { CatalogLink } from "../../components/catalog/CatalogName";
import { type Column, DataTable } from "../../components/DataTable";
import { Empty } from "../../components/states";
import { Time } from "../../components/Time";

const keyOf = ({ scope_id, place }: Sighting) => `${scope_id} ${place}`;

interface PlacesCardProps {
  certificate: Pick<ObservedDetails, "fingerprint">;
  isOwn: boolean;
}

/** Where a certificate was found, as far as the reader may know it. */
export function PlacesCard({ certificate: { fingerprint }, isOwn }: PlacesCardProps) {
  const list = useList(inventoryKeys.places(fingerprint), (page) => listPlaces(fingerprint, page));
  const reporterOf = useReporters();
  return (
    <Card
      title="Places"
      description={isOwn ? "Where it was found." : "Where your teams found it. Places of other teams are not shown."}
      flush
    >
      <DataTable list={list} columns={columnsOf(reporterOf)} rowKey={keyOf} what="places" empty={<Empty title="No place has it now" />} />
    </Card>
  );
}

function columnsOf(reporterOf: (scopeId: string) => string): readonly Column<Sighting>[] {
  return [
    { id: "place", title: "Place", cell: ({ place }) => <bdi title={place}>{place}</bdi> },
    {
      id: "reporter",
      title: "Reported by",
      width: "200px",
      hideWhenNarrow: true,
      cell: ({ scope_id }) => <bdi>{reporterOf(scope_id)}</bdi>,
    },
    { id: "renewed", title: "Renewed by", width: "130px", hideWhenNarrow: true, cell: ({ renewed_by }) => renewed_by ?? "–" },
    { id: "chain", title: "Chain", width: "80px", align: "right", hideWhenNarrow: true, cell: ({ chain }) => chain.length },
    {
      id: "team",
      title: "Team",
      width: "150px",
      hideWhenNarrow: true,
      hideWhenCramped: true,
      cell: ({ team_id }) => <CatalogLink kind="teams" id={team_id} />,
    },
    { id: "seen", title: "Found", width: "150px", cell: ({ seen_at }) => <Time at={seen_at} /> },
  ];
}
