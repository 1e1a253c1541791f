import { Table, Text } from "@mantine/core";

import { type Authority, useAuthorities } from "../../api/authorities";
import { SLOW_POLL_MS } from "../../api/polling";
import { Card } from "../../components/Card";
import { CatalogLink } from "../../components/catalog/CatalogName";
import { PageHeader } from "../../components/PageHeader";
import { Empty, QueryView } from "../../components/states";
import { Day, Time } from "../../components/Time";
import classes from "./Authorities.module.css";
import { CaTable } from "./CaTable";
import { inTree, keyInWords, type PlacedCa } from "./caTree";
import { CaBadge, CaCrl, CaName } from "./cells";
import { completeCrl } from "./crl";
import { outsideIssuerIn } from "./outsideIssuer";

const TITLES = ["CA", "Key", "State", "Issuer", "Expires", "CRL", "Published", "Next update"] as const;

export default function Authorities() {
  const query = useAuthorities({ refetchInterval: SLOW_POLL_MS });
  return (
    <>
      <PageHeader title="CAs" description="The certificate authorities of this stack and the CRLs they publish." docs="cas" />
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
    <CaTable label="CAs" titles={TITLES}>
      {inTree(rows).map((placed) => (
        <Row key={placed.ca.ca_id} placed={placed} outsideIssuer={outsideIssuerIn(rows, placed.ca)} />
      ))}
    </CaTable>
  );
}

function Row({ placed: { ca: row, isBelow, mixed }, outsideIssuer }: { placed: PlacedCa; outsideIssuer: string | null }) {
  const crl = completeCrl(row);
  return (
    <Table.Tr className={classes.row}>
      <Table.Td>
        <div className={isBelow ? classes.below : undefined}>
          <CaName ca={row} />
        </div>
      </Table.Td>
      <Table.Td>
        <span className={classes.nowrap}>{keyInWords(row)}</span>
        {mixed !== null && (
          <Text size="xs" c="dimmed">
            Mixed: {mixed.own} below {mixed.above}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <CaBadge ca={row} />
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
        <CaCrl ca={row} />
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
