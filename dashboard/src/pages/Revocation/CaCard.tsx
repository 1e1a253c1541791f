import { Table, Text } from "@mantine/core";

import { type Authority, useAuthorities } from "../../api/authorities";
import { SLOW_POLL_MS } from "../../api/polling";
import type { Revocation } from "../../api/revocations";
import { Card } from "../../components/Card";
import { Copy } from "../../components/Mono";
import { Empty, QueryView } from "../../components/states";
import { Time } from "../../components/Time";
import { counted } from "../../components/words/count";
import tables from "../Authorities/Authorities.module.css";
import { CaTable } from "../Authorities/CaTable";
import { CaCrl, CaName } from "../Authorities/cells";
import { completeCrl } from "../Authorities/crl";
import { elapsed, spreadOf, type Way } from "./receipts";
import classes from "./Revocation.module.css";

const TITLES = ["CA", "CRL", "Published", "OCSP", "Seen in CRL", "Seen by OCSP"] as const;

/** `rows`: the revocations that were read, by which the columns "Seen" are computed. */
export function CaCard({ rows, period }: { rows: readonly Revocation[]; period: string }) {
  const query = useAuthorities({ refetchInterval: SLOW_POLL_MS });
  return (
    <Card
      title="CAs"
      description={`Seen: time from a revocation until the stack’s own relying party saw it, median and 99th percentile. ${period}.`}
      flush
    >
      <QueryView query={query} what="the CAs">
        {(cas) => <List cas={cas.filter(({ state }) => state !== "retired")} rows={rows} />}
      </QueryView>
    </Card>
  );
}

function List({ cas, rows }: { cas: readonly Authority[]; rows: readonly Revocation[] }) {
  if (cas.length === 0) return <Empty title="No CAs yet" icon="key" />;
  return (
    <CaTable label="CAs" titles={TITLES}>
      {cas.map((ca) => (
        <Row key={ca.ca_id} ca={ca} rows={rows.filter(({ ca_id }) => ca_id === ca.ca_id)} />
      ))}
    </CaTable>
  );
}

function Row({ ca, rows }: { ca: Authority; rows: readonly Revocation[] }) {
  const crl = completeCrl(ca);
  return (
    <Table.Tr className={tables.row}>
      <Table.Td>
        <CaName ca={ca} />
      </Table.Td>
      <Table.Td>
        <CaCrl ca={ca} />
      </Table.Td>
      <Table.Td className={classes.nowrap ?? ""}>
        <Time at={crl?.published_at ?? crl?.this_update} />
        <Text size="xs" c="dimmed" component="div">
          Next update <Time at={crl?.next_update} />
        </Text>
      </Table.Td>
      <Table.Td className={tables.above}>
        <Ocsp url={ca.ocsp_url} />
      </Table.Td>
      <Table.Td>
        <Seen rows={rows} way="crl" />
      </Table.Td>
      <Table.Td>
        <Seen rows={rows} way="ocsp" />
      </Table.Td>
    </Table.Tr>
  );
}

function Ocsp({ url }: { url: string | null }) {
  if (url === null) return <Text size="sm">Not in certificates</Text>;
  return (
    <span className={classes.url}>
      {url} <Copy value={url} what="the OCSP URL" />
    </span>
  );
}

function Seen({ rows, way }: { rows: readonly Revocation[]; way: Way }) {
  const spread = spreadOf(rows, way);
  if (spread === null) return <>–</>;
  return (
    <>
      <span className={classes.nowrap}>
        {elapsed(spread.p50)} · {elapsed(spread.p99)}
      </span>
      <Text size="xs" c="dimmed" component="div">
        of {counted(spread.seen, "revocations")}
      </Text>
    </>
  );
}
