import type { Endpoint } from "../../api/endpoints";
import { CatalogLink } from "../../components/catalog/CatalogName";
import type { Column } from "../../components/DataTable";
import { RowOpener } from "../../components/RowLink";
import { Time } from "../../components/Time";
import { FindingBadges } from "./FindingBadges";
import { EXPECTED, isPublic, placeOf, STARTTLS } from "./words";

export const COLUMNS: readonly Column<Endpoint>[] = [
  { id: "place", title: "Endpoint", cell: (row) => <Place row={row} /> },
  { id: "findings", title: "Findings", cell: (row) => <FindingBadges endpoint={row} /> },
  { id: "expected", title: "Expected", hideWhenNarrow: true, cell: ({ expected }) => EXPECTED[expected] },
  {
    id: "prober",
    title: "Probed by",
    width: "150px",
    hideWhenNarrow: true,
    hideWhenCramped: true,
    cell: (row) => <Prober endpoint={row} />,
  },
  {
    id: "team",
    title: "Team",
    width: "150px",
    hideWhenNarrow: true,
    hideWhenCramped: true,
    cell: ({ team_id }) => <CatalogLink kind="teams" id={team_id} />,
  },
  {
    id: "changed",
    title: "Changed",
    width: "150px",
    hideWhenNarrow: true,
    cell: ({ changed_at }) => <Time at={changed_at} none="–" />,
  },
];

function Place({ row }: { row: Endpoint }) {
  const { id, server_name, starttls } = row;
  const more = [server_name, ...(starttls === null ? [] : [`STARTTLS, ${STARTTLS[starttls]}`])].filter((text) => text !== "");
  return <RowOpener id={id} title={placeOf(row)} {...(more.length > 0 && { below: <bdi>{more.join(" · ")}</bdi> })} />;
}

export function Prober({ endpoint }: { endpoint: Endpoint }) {
  return isPublic(endpoint) ? "From the internet" : <CatalogLink kind="agents" id={endpoint.prober} />;
}
