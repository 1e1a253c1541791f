import { Text } from "@mantine/core";

import type { CatalogKind } from "../../api/catalog";
import type { Certificate } from "../../api/certificates";
import type { RecordField } from "../../api/recordFields";
import { CERTIFICATE_FIELDS, textOf } from "../../components/certificateFields";
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

const FIELDS = CERTIFICATE_FIELDS.filter(({ column }) => column !== null);
/** The kinds of records that columns name. */
export const NAMED_KINDS = FIELDS.flatMap(({ refersTo }) => refersTo ?? []);

type NameOf = (kind: CatalogKind, id: string) => string;

/** The column of a field that has no look of its own. */
function fieldColumn({ name, label, column, refersTo }: RecordField, nameOf: NameOf): Column<Certificate> {
  const valueOf = (row: Certificate) => textOf(row, name);
  const shared = { id: name.replace(/_id$/, ""), title: label, width: column ?? "", hideWhenNarrow: true };
  if (refersTo === null) return { ...shared, cell: (row) => valueOf(row) || "–", sortBy: valueOf };
  const named = (row: Certificate) => nameOf(refersTo, valueOf(row));
  return { ...shared, cell: (row) => <span title={valueOf(row)}>{named(row)}</span>, sortBy: (row) => named(row).toLowerCase() };
}

export function columnsFor(density: Density, nameOf: NameOf, isNarrow: boolean): readonly Column<Certificate>[] {
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
    ...FIELDS.map((field) => fieldColumn(field, nameOf)),
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
