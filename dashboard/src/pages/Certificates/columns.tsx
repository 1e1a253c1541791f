import { Text } from "@mantine/core";

import type { CatalogKind } from "../../api/catalog";
import type { Certificate } from "../../api/certificates";
import type { RecordField } from "../../api/recordFields";
import { CERTIFICATE_FIELDS, textOf } from "../../components/certificateFields";
import { CertificateBadges, CertificateStatus, renewalNote, UrgencyBadge } from "../../components/CertificateStatus";
import type { Column } from "../../components/DataTable";
import type { Density } from "../../components/density";
import { Expiry } from "../../components/Expiry";
import { RowLink } from "../../components/RowLink";
import { Time } from "../../components/Time";
import { keyWords } from "../../components/words/keyWords";
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
      <UrgencyBadge certificate={certificate} />
      <Text size="xs" c="dimmed" component="span">
        <Expiry certificate={certificate} />
      </Text>
      <Text size="xs" c="dimmed" truncate component="span">
        {renewalNote(certificate)}
      </Text>
    </div>
  );
}

/** An earlier release stored no key: a renewal does. */
function KeyCell({ certificate: { key_type, serial_number } }: { certificate: Certificate }) {
  if (key_type !== null) return keyWords(key_type);
  return serial_number === null ? "–" : <span title="Not known until the next renewal">–</span>;
}

/** In compact rows the status has one line: badges alone. */
const STATUS = {
  comfortable: { width: "138px", cell: (row: Certificate) => <CertificateStatus certificate={row} /> },
  compact: { width: "200px", cell: (row: Certificate) => <CertificateBadges certificate={row} /> },
} as const;

/** The widths of columns of fields that come with no width of their own. */
const WIDTHS: Partial<Record<string, string>> = {
  owner_id: "150px",
  issuer_id: "150px",
  profile_id: "130px",
  renewal_policy_id: "150px",
  serial_number: "190px",
  last_renewal_at: "140px",
  last_deployment_at: "150px",
  created_at: "140px",
};
const FIELDS = CERTIFICATE_FIELDS.filter(({ name, column }) => column !== null || name in WIDTHS);
/** The kinds of records that columns name. */
export const NAMED_KINDS = FIELDS.flatMap(({ refersTo }) => refersTo ?? []);

const columnId = (field: string) => field.replace(/_(id|at)$/, "");

/** The columns that can be chosen, beside the name. */
export const CHOICES: readonly { id: string; label: string }[] = [
  { id: "status", label: "Status" },
  { id: "expires", label: "Expires" },
  ...FIELDS.map(({ name, label }) => ({ id: columnId(name), label })),
];
export const DEFAULT_COLUMNS: readonly string[] = [
  "status",
  "expires",
  "environment",
  "team",
  "owner",
  "issuer",
  "last_deployment",
  "created",
];
/** Of the default ones, those that narrower windows have no room for. */
const WIDE_ONLY: readonly string[] = ["owner", "issuer", "last_deployment", "created"];

type NameOf = (kind: CatalogKind, id: string) => string;

/** The column of a field that has no look of its own. */
function fieldColumn(field: RecordField, nameOf: NameOf): Column<Certificate> {
  const { name, label, refersTo, type, column } = field;
  const valueOf = (row: Certificate) => textOf(row, name);
  const shared = { id: columnId(name), title: label, width: column ?? WIDTHS[name] ?? "", hideWhenNarrow: true };
  if (type === "time") return { ...shared, cell: (row) => <Time at={valueOf(row) || null} />, sortBy: (row) => valueOf(row) || null };
  if (name === "key_type") return { ...shared, cell: (row) => <KeyCell certificate={row} />, sortBy: valueOf };
  if (refersTo === null) return { ...shared, cell: (row) => valueOf(row) || "–", sortBy: valueOf };
  const named = (row: Certificate) => nameOf(refersTo, valueOf(row));
  return { ...shared, cell: (row) => <span title={valueOf(row)}>{named(row)}</span>, sortBy: (row) => named(row).toLowerCase() };
}

function allColumns(density: Density, nameOf: NameOf): readonly Column<Certificate>[] {
  return [
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
  ];
}

/** `chosen`: ids of columns; null for the default ones, as far as the window has room for them. */
export function columnsFor(
  density: Density,
  nameOf: NameOf,
  isNarrow: boolean,
  chosen: readonly string[] | null,
): readonly Column<Certificate>[] {
  const wanted = chosen ?? DEFAULT_COLUMNS;
  const shown = allColumns(density, nameOf).filter(({ id }) => wanted.includes(id));
  return [
    {
      id: "name",
      title: "Name",
      cell: (row) => <NameCell certificate={row} isNarrow={isNarrow} />,
      sortBy: (row) => row.name.toLowerCase(),
    },
    ...shown.map((column) => (chosen === null && WIDE_ONLY.includes(column.id) ? { ...column, hideWhenCramped: true } : column)),
  ];
}
