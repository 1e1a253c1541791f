import type { Certificate } from "../api/certificates";
import { useNames } from "../api/names";
import type { ReadableList } from "../api/paging";
import { CertificateBadges } from "./CertificateStatus";
import { type Column, DataTable } from "./DataTable";
import { Expiry } from "./Expiry";
import { RowLink } from "./RowLink";

const ROW_HEIGHT = 40;

interface CertificateTableProps {
  list: ReadableList<Certificate>;
  /** Between the name and the facts. */
  more?: readonly Column<Certificate>[];
}

/** What to look at before many are changed at once. */
export function CertificateTable({ list, more = [] }: CertificateTableProps) {
  const teamName = useNames("teams");
  const columns: Column<Certificate>[] = [
    {
      id: "name",
      title: "Name",
      cell: (row) => <RowLink to={`/certificates/${row.id}`} title={row.name} />,
      sortBy: (row) => row.name.toLowerCase(),
    },
    ...more,
    {
      id: "status",
      title: "Status",
      width: "172px",
      hideWhenNarrow: more.length > 0,
      cell: (row) => <CertificateBadges certificate={row} />,
      sortBy: (row) => row.status,
    },
    {
      id: "expires",
      title: "Expires",
      width: "172px",
      hideWhenNarrow: true,
      cell: (row) => <Expiry certificate={row} />,
      sortBy: (row) => row.expires_at,
    },
    {
      id: "environment",
      title: "Environment",
      width: "116px",
      hideWhenNarrow: true,
      hideWhenCramped: more.length > 0,
      cell: (row) => row.environment || "–",
      sortBy: (row) => row.environment,
    },
    {
      id: "team",
      title: "Team",
      width: "130px",
      hideWhenNarrow: true,
      cell: (row) => teamName(row.team_id),
      sortBy: (row) => teamName(row.team_id).toLowerCase(),
    },
    {
      id: "targets",
      title: "Targets",
      width: "90px",
      align: "right",
      hideWhenNarrow: true,
      hideWhenCramped: more.length > 0,
      cell: (row) => row.target_ids.length,
      sortBy: (row) => row.target_ids.length,
    },
  ];
  return <DataTable list={list} columns={columns} rowKey={({ id }) => id} rowHeight={ROW_HEIGHT} what="certificates" empty={null} />;
}
