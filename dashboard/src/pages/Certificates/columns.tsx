import { Text } from "@mantine/core";

import type { Certificate } from "../../api/certificates";
import { CertificateBadges, CertificateStatus, renewalNote } from "../../components/CertificateStatus";
import type { Column } from "../../components/DataTable";
import type { Density } from "../../components/density";
import { Expiry } from "../../components/Expiry";
import { RowLink } from "../../components/RowLink";
import { StatusBadge } from "../../components/StatusBadge";
import { Time } from "../../components/Time";
import classes from "./Certificates.module.css";

/** Its names that its title does not say. */
function otherNames({ common_name, name, sans }: Certificate): string {
  const names = [common_name, ...sans.map((san) => san.replace(/^DNS:/, ""))];
  return [...new Set(names)].filter((one) => one !== name).join(", ");
}

/** On one line: the name, then its others as far as there is room. On a phone its state is below, in no column of its own. */
function NameCell({ certificate, isNarrow }: { certificate: Certificate; isNarrow: boolean }) {
  const others = otherNames(certificate);
  return (
    <div className={classes.names}>
      <div className={classes.name}>
        <RowLink to={`/certificates/${certificate.id}`} title={certificate.name} />
      </div>
      {others !== "" && (
        <Text size="xs" c="dimmed" truncate className={classes.others ?? ""} title={others}>
          {others}
        </Text>
      )}
      {isNarrow && <State certificate={certificate} />}
    </div>
  );
}

function State({ certificate }: { certificate: Certificate }) {
  return (
    <div className={classes.state}>
      <StatusBadge status={certificate.status} />
      <Text size="xs" c="dimmed" component="span">
        <Expiry certificate={certificate} />
      </Text>
      <Text size="xs" c="dimmed" truncate component="span">
        {renewalNote(certificate)}
      </Text>
    </div>
  );
}

/** In compact rows the status has one line: badges alone. */
const STATUS = {
  comfortable: { width: "138px", cell: (row: Certificate) => <CertificateStatus certificate={row} /> },
  compact: { width: "200px", cell: (row: Certificate) => <CertificateBadges certificate={row} /> },
} as const;

export function columnsFor(density: Density, teamName: (id: string) => string, isNarrow: boolean): readonly Column<Certificate>[] {
  return [
    {
      id: "name",
      title: "Name",
      cell: (row) => <NameCell certificate={row} isNarrow={isNarrow} />,
      sortBy: (row) => row.name.toLowerCase(),
    },
    { id: "status", title: "Status", ...STATUS[density], hideWhenNarrow: true, sortBy: (row) => row.status },
    {
      id: "expires",
      title: "Expires",
      width: "176px",
      hideWhenNarrow: true,
      cell: (row) => <Expiry certificate={row} />,
      sortBy: (row) => row.expires_at,
    },
    {
      id: "environment",
      title: "Environment",
      width: "112px",
      hideWhenNarrow: true,
      cell: (row) => row.environment || "–",
      sortBy: (row) => row.environment,
    },
    {
      id: "team",
      title: "Team",
      width: "132px",
      hideWhenNarrow: true,
      cell: (row) => <span title={row.team_id}>{teamName(row.team_id)}</span>,
      sortBy: (row) => teamName(row.team_id).toLowerCase(),
    },
    {
      id: "created",
      title: "Created",
      width: "150px",
      hideWhenNarrow: true,
      hideWhenCramped: true,
      cell: (row) => <Time at={row.created_at} />,
      sortBy: (row) => row.created_at,
    },
  ];
}
