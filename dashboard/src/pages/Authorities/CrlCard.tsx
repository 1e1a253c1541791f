import { Anchor, Table, Text } from "@mantine/core";

import type { AuthorityDetails, PublishedCrl } from "../../api/authorities";
import { Card } from "../../components/Card";
import { Icon } from "../../components/Icon";
import { Copy } from "../../components/Mono";
import { ExactTime, Time } from "../../components/Time";
import classes from "./Authorities.module.css";
import { CaTable } from "./CaTable";
import { downloadUrl } from "./crl";
import { CrlBadge } from "./CrlBadge";

const TITLES = ["CRL", "State", "Number", "Entries", "Published", "Next update", "URL"] as const;
const NUMBERS = ["Number", "Entries"] as const;

export function CrlCard({ authority }: { authority: AuthorityDetails }) {
  return (
    <Card title="CRLs" description="Published within a minute of a revocation, and before a quarter of the validity has passed." flush>
      <CaTable label="CRLs" titles={TITLES} numbers={NUMBERS}>
        {authority.crls.map((crl) => (
          <Row key={crl.shard} crl={crl} isOnly={authority.crls.length === 1} />
        ))}
      </CaTable>
    </Card>
  );
}

function nameOf({ shard, open, complete }: PublishedCrl, isOnly: boolean): [name: string, below: string] {
  if (isOnly) return ["Complete", "Every entry"];
  if (shard === "all") return ["Complete", "Every entry, in one list"];
  const named = open ? "in new certificates" : "in no new certificate";
  return complete ? [`Shard ${shard}, complete`, `Every entry; ${named}`] : [`Shard ${shard}`, `Its own entries only; ${named}`];
}

function Row({ crl, isOnly }: { crl: PublishedCrl; isOnly: boolean }) {
  const [name, below] = nameOf(crl, isOnly);
  const isPublished = crl.crl_number > 0;
  return (
    <Table.Tr>
      <Table.Th scope="row">
        {name}
        <Text size="xs" c="dimmed">
          {below}
        </Text>
      </Table.Th>
      <Table.Td>
        <CrlBadge crl={crl} />
      </Table.Td>
      <Table.Td data-number>{isPublished ? crl.crl_number : "–"}</Table.Td>
      <Table.Td data-number>{crl.entries?.toLocaleString("en") ?? "–"}</Table.Td>
      <Table.Td>
        <Exact at={crl.published_at ?? crl.this_update} />
      </Table.Td>
      <Table.Td>
        <Exact at={crl.next_update} />
      </Table.Td>
      <Table.Td>
        <span className={classes.crl}>
          {isPublished && (
            <Anchor href={downloadUrl(crl.url)} download size="sm" aria-label={`Download CRL ${name}`}>
              <Icon name="download" size={14} /> Download
            </Anchor>
          )}
          <Copy value={crl.url} what={`the URL of ${name}`} />
        </span>
      </Table.Td>
    </Table.Tr>
  );
}

/** To the second, for it is compared with `openssl crl`; the age below. */
function Exact({ at }: { at: string | null }) {
  if (at === null) return "–";
  return (
    <>
      <span className={classes.nowrap}>
        <ExactTime at={at} />
      </span>
      <Text size="xs" c="dimmed" component="div">
        <Time at={at} />
      </Text>
    </>
  );
}
