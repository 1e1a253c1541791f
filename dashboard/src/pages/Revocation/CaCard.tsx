import { Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { type Authority, authorityKeys, listAuthorities } from "../../api/authorities";
import { SLOW_POLL_MS } from "../../api/polling";
import type { Revocation } from "../../api/revocations";
import { Card } from "../../components/Card";
import { Copy } from "../../components/Mono";
import { RowLink } from "../../components/RowLink";
import { Empty, QueryView } from "../../components/states";
import { Time } from "../../components/Time";
import { counted } from "../../components/words/count";
import tables from "../Authorities/Authorities.module.css";
import { commonNameOf, completeCrl, ROLES } from "../Authorities/crl";
import { CrlBadge } from "../Authorities/CrlBadge";
import { elapsed, spreadOf, type Way } from "./receipts";
import classes from "./Revocation.module.css";

const TITLES = ["CA", "CRL", "Published", "Next update", "OCSP", "Seen in CRL", "Seen by OCSP"] as const;

/** `rows`: the revocations that were read, by which the columns "Seen" are computed. */
export function CaCard({ rows, period }: { rows: readonly Revocation[]; period: string }) {
  const query = useQuery({ queryKey: authorityKeys.list, queryFn: ({ signal }) => listAuthorities(signal), refetchInterval: SLOW_POLL_MS });
  return (
    <Card title="CAs" description={`Seen: time from a revocation until the stack’s own relying party saw it, median and 99th percentile. ${period}.`} flush>
      <QueryView query={query} what="the CAs">
        {(cas) => <List cas={cas.filter(({ state }) => state !== "retired")} rows={rows} />}
      </QueryView>
    </Card>
  );
}

function List({ cas, rows }: { cas: readonly Authority[]; rows: readonly Revocation[] }) {
  if (cas.length === 0) return <Empty title="No CAs yet" icon="key" />;
  return (
    <div className={tables.scroll}>
      <Table aria-label="CAs" verticalSpacing="xs" horizontalSpacing="sm" className={tables.table ?? ""}>
        <Table.Thead>
          <Table.Tr>
            {TITLES.map((title) => (
              <Table.Th key={title} scope="col">
                {title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {cas.map((ca) => (
            <Row key={ca.ca_id} ca={ca} rows={rows.filter(({ ca_id }) => ca_id === ca.ca_id)} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function Row({ ca, rows }: { ca: Authority; rows: readonly Revocation[] }) {
  const crl = completeCrl(ca);
  return (
    <Table.Tr className={tables.row}>
      <Table.Td>
        <RowLink to={`/cas/${ca.ca_id}`} title={commonNameOf(ca.subject)} below={ROLES[ca.role]} />
      </Table.Td>
      <Table.Td>
        {crl !== undefined && (
          <span className={tables.crl}>
            <CrlBadge crl={crl} /> {crl.crl_number > 0 && `${crl.crl_number}`}
          </span>
        )}
      </Table.Td>
      <Table.Td className={classes.nowrap ?? ""}>
        <Time at={crl?.published_at ?? crl?.this_update} />
      </Table.Td>
      <Table.Td className={classes.nowrap ?? ""}>
        <Time at={crl?.next_update} />
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
