import type { Certificate } from "../../api/certificates";
import { CertificateStatus } from "../../components/CertificateStatus";
import type { Column } from "../../components/DataTable";
import { Expiry } from "../../components/Expiry";
import layout from "../../components/layout.module.css";
import { RowLink } from "../../components/RowLink";
import { Time } from "../../components/Time";

function otherNames({ common_name, name, sans }: Certificate): string {
  const others = sans.filter((san) => san !== `DNS:${common_name}`).length;
  const more = others > 0 ? `${others} more ${others === 1 ? "name" : "names"}` : "";
  const shown = name === common_name ? "" : common_name;
  return [shown, more].filter(Boolean).join(", ");
}

function NameCell({ certificate }: { certificate: Certificate }) {
  const below = (
    <>
      <span className={layout.wideOnly}>{otherNames(certificate)}</span>
      <span className={layout.narrowOnly}>
        <Expiry certificate={certificate} />
      </span>
    </>
  );
  return <RowLink to={`/certificates/${certificate.id}`} title={certificate.name} below={below} />;
}

export const COLUMNS: readonly Column<Certificate>[] = [
  { id: "name", title: "Name", cell: (row) => <NameCell certificate={row} />, sortBy: (row) => row.name.toLowerCase() },
  { id: "status", title: "Status", width: "136px", cell: (row) => <CertificateStatus certificate={row} />, sortBy: (row) => row.status },
  {
    id: "expires",
    title: "Expires",
    width: "140px",
    hideWhenNarrow: true,
    cell: (row) => <Expiry certificate={row} />,
    sortBy: (row) => row.expires_at,
  },
  { id: "environment", title: "Environment", width: "130px", hideWhenNarrow: true, cell: (row) => row.environment || "–", sortBy: (row) => row.environment },
  { id: "team", title: "Team", width: "130px", hideWhenNarrow: true, cell: (row) => row.team_id, sortBy: (row) => row.team_id },
  {
    id: "created",
    title: "Created",
    width: "150px",
    hideWhenNarrow: true,
    cell: (row) => <Time at={row.created_at} />,
    sortBy: (row) => row.created_at,
  },
];
