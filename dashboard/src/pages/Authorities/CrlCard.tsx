import { Anchor, Button, Table, Text } from "@mantine/core";
import { useState } from "react";

import type { AuthorityDetails, PublishedCrl } from "../../api/authorities";
import { Card } from "../../components/Card";
import { Icon } from "../../components/Icon";
import { Copy } from "../../components/Mono";
import { useNow } from "../../components/now";
import { ExactTime, Time } from "../../components/Time";
import classes from "./Authorities.module.css";
import { CaTable } from "./CaTable";
import { crlStateOf, downloadUrl } from "./crl";
import { CrlBadge } from "./CrlBadge";

const TITLES = ["CRL", "State", "Number", "Entries", "Published", "Next update", "URL"] as const;
const NUMBERS = ["Number", "Entries"] as const;
const STEP_MS = 15_000;

/** More than these are folded into one line: of a CA with shards, all but the complete ones are alike. */
const MOST_SHOWN = 3;

export function CrlCard({ authority: { crls } }: { authority: AuthorityDetails }) {
  const [isUnfolded, setUnfolded] = useState(false);
  const isFolded = crls.length > MOST_SHOWN && !isUnfolded;
  const shown = isFolded ? crls.filter(({ complete }) => complete) : crls;
  return (
    <Card title="CRLs" description="Published within a minute of a revocation, and before a quarter of the validity has passed." flush>
      {crls.length > MOST_SHOWN && (
        <div className={classes.sum}>
          <Text size="sm">
            <CrlSum crls={crls} />
          </Text>
          <Button variant="default" size="compact-sm" aria-expanded={!isFolded} onClick={() => setUnfolded(isFolded)}>
            {isFolded ? `Show all ${String(crls.length)}` : "Show complete ones only"}
          </Button>
        </div>
      )}
      <CaTable label="CRLs" titles={TITLES} numbers={NUMBERS}>
        {shown.map((crl) => (
          <Row key={crl.shard} crl={crl} isOnly={crls.length === 1} />
        ))}
      </CaTable>
    </Card>
  );
}

/** "17 current, newest 5 minutes ago": how many are in which state. */
function CrlSum({ crls }: { crls: readonly PublishedCrl[] }) {
  const nowMs = useNow(STEP_MS);
  const states = crls.map((crl) => crlStateOf(crl, nowMs).label);
  const parts = [...new Set(states)].map((state) => `${String(states.filter((each) => each === state).length)} ${state.toLowerCase()}`);
  const newest =
    crls
      .map(({ published_at, this_update }) => published_at ?? this_update ?? "")
      .toSorted()
      .at(-1) ?? "";
  return (
    <>
      {parts.join(", ")}
      {newest !== "" && (
        <>
          , newest <ExactTime at={newest} />
        </>
      )}
    </>
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
