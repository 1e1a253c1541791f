import { listOf, type ReadableList } from "../../api/paging";
import { useNames } from "../../api/names";
import type { ReadRevocations, Revocation } from "../../api/revocations";
import { CertificateLink } from "../../components/CertificateLink";
import { type Column, DataTable } from "../../components/DataTable";
import { Copy } from "../../components/Mono";
import { useIsNarrow } from "../../components/narrow";
import { Empty, NothingMatches } from "../../components/states";
import { Time } from "../../components/Time";
import { atIssuer } from "../CertificateDetail/atIssuer";
import { reasonLabel } from "../CertificateDetail/reasons";
import { seenBy } from "./receipts";
import classes from "./Revocation.module.css";

const columnsOf = (issuerName: (id: string) => string): readonly Column<Revocation>[] => [
  {
    id: "certificate",
    title: "Certificate",
    sortBy: ({ certificate_name }) => certificate_name ?? "",
    cell: (row) => <Subject row={row} />,
  },
  { id: "serial", title: "Serial number", hideWhenNarrow: true, cell: ({ serial_number }) => <Serial value={serial_number} /> },
  {
    id: "reason",
    title: "Reason",
    width: "160px",
    hideWhenNarrow: true,
    sortBy: ({ reason }) => reasonLabel(reason),
    cell: ({ reason }) => reasonLabel(reason),
  },
  { id: "ticket", title: "Ticket", width: "130px", hideWhenNarrow: true, hideWhenCramped: true, cell: ({ ticket }) => ticket ?? "–" },
  {
    id: "revoked",
    title: "Revoked",
    width: "150px",
    sortBy: ({ revoked_at }) => revoked_at,
    cell: ({ revoked_at }) => <Time at={revoked_at} />,
  },
  {
    id: "issuer",
    title: "Issuer",
    width: "180px",
    hideWhenNarrow: true,
    sortBy: ({ issuer_id }) => issuer_id,
    cell: (row) => <AtIssuer row={row} name={issuerName(row.issuer_id)} />,
  },
  { id: "crl", title: "Seen in CRL", width: "120px", hideWhenNarrow: true, cell: (row) => seenBy("crl", row) },
  { id: "ocsp", title: "Seen by OCSP", width: "130px", hideWhenNarrow: true, cell: (row) => seenBy("ocsp", row) },
];

interface Props {
  query: Pick<ReadableList<Revocation>, "error" | "isPending" | "isFetching" | "refetch"> & { data: ReadRevocations | undefined };
  identity: string;
  onClear: (() => void) | null;
}

/** All rows are read at once, newest first: there is no next page. */
export function RevocationTable({ query, identity, onClear }: Props) {
  const { data } = query;
  const columns = columnsOf(useNames("issuers"));
  return (
    <DataTable
      list={{ ...listOf(data?.rows ?? [], query), identity }}
      columns={columns}
      rowKey={({ ca_id, serial_number }) => `${ca_id} ${serial_number}`}
      what="revocations"
      empty={<Nothing isPart={data?.isPart === true} onClear={onClear} />}
      note={data?.isPart === true ? "There are more, also newer ones. Choose a shorter period." : undefined}
    />
  );
}

/** What was revoked, by its name; on a phone with the reason, for which there is no column. */
function Subject({ row: { certificate_id, certificate_name, reason } }: { row: Revocation }) {
  const isNarrow = useIsNarrow();
  return (
    <span className={classes.subject}>
      {certificate_id === null ? "A CA, or a lost record" : <CertificateLink id={certificate_id} name={certificate_name} />}
      {isNarrow && <span className={classes.atIssuer}>{reasonLabel(reason)}</span>}
    </span>
  );
}

/** The issuer; of an external one, which publishes its own revocations, also what it did. */
function AtIssuer({ row, name }: { row: Revocation; name: string }) {
  return (
    <>
      {name}
      {row.issuer_revocation !== null && <span className={classes.atIssuer}>{atIssuer(row)}</span>}
    </>
  );
}

/** On one line, cut where the column ends; all of it is copied. */
function Serial({ value }: { value: string }) {
  return (
    <span className={classes.serial}>
      <span className={classes.digits}>{value}</span>
      <Copy value={value} what="the serial number" />
    </span>
  );
}

function Nothing({ isPart, onClear }: { isPart: boolean; onClear: (() => void) | null }) {
  if (isPart)
    return (
      <Empty title="Too many revocations to search">
        Choose a reason or a shorter period, or use the command line: certctl revocation list.
      </Empty>
    );
  if (onClear !== null) return <NothingMatches onClear={onClear} />;
  return <Empty title="No revocations in this period" icon="ban" />;
}
