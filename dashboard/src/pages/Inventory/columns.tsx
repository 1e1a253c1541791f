import { useMemo } from "react";

import type { Observed } from "../../api/inventory";
import { useNames } from "../../api/names";
import type { Column } from "../../components/DataTable";
import { Expiry } from "../../components/Expiry";
import { RowLink } from "../../components/RowLink";
import { StatusBadge } from "../../components/StatusBadge";
import { expiring, issuerWords, nameWords } from "./words";

export function useColumns(): readonly Column<Observed>[] {
  const teamName = useNames("teams");
  return useMemo(
    () => [
      { id: "name", title: "Name", cell: (row) => <Name row={row} /> },
      { id: "status", title: "Status", width: "132px", cell: ({ status }) => <StatusBadge status={status} /> },
      { id: "issuer", title: "Issuer", hideWhenNarrow: true, cell: ({ issuer }) => <Issuer name={issuer} /> },
      { id: "expires", title: "Expires", width: "168px", cell: (row) => <Expiry certificate={expiring(row)} /> },
      {
        id: "places",
        title: "Places",
        width: "84px",
        align: "right",
        hideWhenNarrow: true,
        cell: ({ sightings }) => sightings.toLocaleString("en"),
      },
      {
        id: "team",
        title: "Team",
        width: "150px",
        hideWhenNarrow: true,
        hideWhenCramped: true,
        cell: ({ team_id }) => (team_id === "" ? "–" : <bdi>{teamName(team_id)}</bdi>),
      },
    ],
    [teamName],
  );
}

function Name({ row }: { row: Observed }) {
  const others = row.name_count - 1;
  return (
    <RowLink
      to={`/inventory/${row.fingerprint}`}
      title={nameWords(row)}
      below={
        others > 0
          ? `and ${others.toLocaleString("en")} other ${others === 1 ? "name" : "names"}`
          : row.is_ca
            ? "CA certificate"
            : undefined
      }
    />
  );
}

function Issuer({ name }: { name: string }) {
  return <bdi title={name}>{issuerWords(name)}</bdi>;
}
