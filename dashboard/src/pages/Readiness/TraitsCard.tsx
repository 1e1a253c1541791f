import { Anchor, Button, Group } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";

import type { Counted, Readiness, Renewer, Trait } from "../../api/inventoryReports";
import { listOf } from "../../api/paging";
import { Card } from "../../components/Card";
import { type Column, DataTable } from "../../components/DataTable";
import { Can } from "../../components/session";
import { RENEWERS, TRAITS } from "../../components/words/traits";
import { CampaignButton } from "./CampaignButton";
import { listAddress } from "./links";

type Row = Readiness["rows"][number];

const WHO: readonly Renewer[] = ["managed", "program", "nobody"];

interface TraitsCardProps {
  report: Readiness;
  wanted: Counted;
  age: ReactNode;
}

export function TraitsCard({ report, wanted, age }: TraitsCardProps) {
  return (
    <Card title="Certificates by trait" description={age} flush>
      <DataTable
        list={listOf(report.rows)}
        columns={columnsOf(wanted)}
        rowKey={({ trait }) => trait}
        what="traits"
        rowHeight={48}
        empty={null}
      />
    </Card>
  );
}

function columnsOf(wanted: Counted): readonly Column<Row>[] {
  const count = (row: Row, number: number, renewer?: Renewer) => (
    <Count trait={row.trait} count={number} address={listAddress(row.trait, wanted, renewer)} {...(renewer && { renewer })} />
  );
  return [
    { id: "trait", title: "Trait", cell: ({ trait }) => TRAITS[trait] },
    { id: "all", title: "Certificates", width: "110px", align: "right", cell: (row) => count(row, row.certificates) },
    ...WHO.map((renewer): Column<Row> => ({
      id: renewer,
      title: renewer === "nobody" ? RENEWERS.nobody : `By ${RENEWERS[renewer].toLowerCase()}`,
      width: "120px",
      align: "right",
      hideWhenNarrow: true,
      cell: (row) => count(row, row[renewer], renewer),
    })),
    { id: "acts", title: "What to do", width: "30%", hideWhenNarrow: true, cell: (row) => <Acts row={row} wanted={wanted} /> },
  ];
}

interface CountProps {
  trait: Trait;
  count: number;
  address: string;
  renewer?: Renewer;
}

function Count({ trait, count, address, renewer }: CountProps) {
  if (count === 0) return "0";
  const words = `${count.toLocaleString("en")}: ${TRAITS[trait]}${renewer === undefined ? "" : `, ${RENEWERS[renewer].toLowerCase()}`}`;
  return (
    <Anchor component={Link} to={address} size="sm" aria-label={words}>
      {count.toLocaleString("en")}
    </Anchor>
  );
}

/** For whom there is something to do. */
function Acts({ row: { trait, acts, managed, program, nobody }, wanted }: { row: Row; wanted: Counted }) {
  return (
    <Group gap={6}>
      {acts.includes("campaign") && managed > 0 && (
        <Can permission="campaigns:write">
          <CampaignButton trait={trait} count={managed} wanted={wanted} />
        </Can>
      )}
      {acts.includes("check_program") && program > 0 && (
        <Act to={listAddress(trait, wanted, "program")} words="Check programs" about={TRAITS[trait]} />
      )}
      {acts.includes("request") && nobody > 0 && (
        <Act to={listAddress(trait, wanted, "nobody")} words="Request here" about={TRAITS[trait]} />
      )}
    </Group>
  );
}

function Act({ to, words, about }: { to: string; words: string; about: string }) {
  return (
    <Button component={Link} to={to} variant="default" size="compact-xs" aria-label={`${words}: ${about}`}>
      {words}
    </Button>
  );
}
