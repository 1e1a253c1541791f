import { Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { type Authority, authorityKeys, listAuthorities } from "../../api/authorities";
import { Card } from "../../components/Card";
import { CatalogLink } from "../../components/catalog/CatalogName";
import { PageHeader } from "../../components/PageHeader";
import { RowLink } from "../../components/RowLink";
import { Empty, QueryView } from "../../components/states";
import { StatusBadge } from "../../components/StatusBadge";
import { Day, Time } from "../../components/Time";
import classes from "./Authorities.module.css";
import { commonNameOf, completeCrl, ROLES, stateInWords } from "./crl";
import { CrlBadge } from "./CrlBadge";
import { outsideIssuerIn } from "./outsideIssuer";

const REFETCH_MS = 60_000;

export default function Authorities() {
  const query = useQuery({ queryKey: authorityKeys.list, queryFn: ({ signal }) => listAuthorities(signal), refetchInterval: REFETCH_MS });
  return (
    <>
      <PageHeader title="CAs" description="The certificate authorities of this stack and the CRLs they publish." />
      <Card flush>
        <QueryView query={query} what="the CAs">
          {(rows) => (rows.length === 0 ? <Nothing /> : <List rows={rows} />)}
        </QueryView>
      </Card>
    </>
  );
}

function Nothing() {
  return (
    <Empty title="No CAs yet" icon="key">
      The first deploy creates a root and an issuing CA.
    </Empty>
  );
}

function List({ rows }: { rows: readonly Authority[] }) {
  return (
    <div className={classes.scroll}>
      <Table aria-label="CAs" verticalSpacing="xs" horizontalSpacing="sm" className={classes.table ?? ""}>
        <Table.Thead>
          <Table.Tr>
            {["CA", "State", "Issuer", "Expires", "CRL", "Published", "Next update"].map((title) => (
              <Table.Th key={title} scope="col">
                {title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Row key={row.ca_id} row={row} outsideIssuer={outsideIssuerIn(rows, row)} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function Row({ row, outsideIssuer }: { row: Authority; outsideIssuer: string | null }) {
  const { label, tone } = stateInWords(row);
  const crl = completeCrl(row);
  return (
    <Table.Tr className={classes.row}>
      <Table.Td>
        <RowLink to={`/cas/${row.ca_id}`} title={commonNameOf(row.subject)} below={ROLES[row.role]} />
      </Table.Td>
      <Table.Td>
        <StatusBadge status={label} label={label} tone={tone} />
        {outsideIssuer !== null && (
          <Text size="xs" c="dimmed">
            {outsideIssuer} must revoke it too
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <CatalogLink kind="issuers" id={row.issuer_id} className={classes.above} />
      </Table.Td>
      <Table.Td>
        <Day at={row.not_after} />
      </Table.Td>
      <Table.Td>
        {crl !== undefined && (
          <span className={classes.crl}>
            <CrlBadge crl={crl} /> {crl.crl_number > 0 && `${crl.crl_number}`}
          </span>
        )}
      </Table.Td>
      <Table.Td>
        <Time at={crl?.published_at ?? crl?.this_update} />
      </Table.Td>
      <Table.Td>
        <Time at={crl?.next_update} />
      </Table.Td>
    </Table.Tr>
  );
}
