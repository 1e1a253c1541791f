import { Button, Text } from "@mantine/core";
import { useState } from "react";

import { type Campaign, campaignKeys, type CampaignItem, type ItemState, listItems, verifyItem } from "../../api/campaigns";
import { useList } from "../../api/paging";
import { useCan } from "../../components/session";
import { ActorName } from "../../components/actors";
import { Card } from "../../components/Card";
import { CertificateLink } from "../../components/CertificateLink";
import { ConfirmModal } from "../../components/ConfirmModal";
import { type Column, DataTable } from "../../components/DataTable";
import { SelectFilter, useFilters } from "../../components/FilterBar";
import { JobLink } from "../../components/JobLink";
import { useIsNarrow } from "../../components/narrow";
import { Empty, NothingMatches } from "../../components/states";
import { Time } from "../../components/Time";
import { useAction } from "../CertificateDetail/useAction";
import { ItemBadge } from "./badges";
import classes from "./Campaigns.module.css";
import { STATE } from "./ProgressCard";
import { itemBlockedBy, canBeVerified, ITEM_ORDER, ITEM_STATES } from "./words";

const NAMES = [STATE] as const;
const OPTIONS = ITEM_ORDER.map((value) => ({ value, label: ITEM_STATES[value].label }));
const ROW_HEIGHT = { wide: 60, narrow: 108 };

const idOf = ({ certificate_id }: CampaignItem) => certificate_id;

interface ItemsCardProps {
  campaign: Campaign;
  /** As often as the counts above, which are of the same rows. */
  refreshMs: number;
}

export function ItemsCard({ campaign, refreshMs }: ItemsCardProps) {
  const { values, set, clear } = useFilters(NAMES);
  const state = ITEM_ORDER.find((one) => one === values.state);
  const list = useList(campaignKeys.items(campaign.id, campaign.state, state), (page) => listItems(campaign.id, state, page), {
    refetchInterval: refreshMs,
  });
  const isNarrow = useIsNarrow();
  return (
    <Card title="Certificates" description="What each of them waits for." flush>
      <div className={classes.filter}>
        <SelectFilter label="State" value={state} onChange={(value) => set(STATE, value)} options={OPTIONS} />
      </div>
      <DataTable
        key={isNarrow ? "narrow" : "wide"}
        list={list}
        columns={columnsFor(campaign, isNarrow)}
        rowKey={idOf}
        what="certificates"
        empty={<Nothing state={state} onClear={clear} />}
        rowHeight={isNarrow ? ROW_HEIGHT.narrow : ROW_HEIGHT.wide}
      />
    </Card>
  );
}

interface RowProps {
  item: CampaignItem;
  campaign: Campaign;
}

function columnsFor(campaign: Campaign, isNarrow: boolean): readonly Column<CampaignItem>[] {
  const name: Column<CampaignItem> = {
    id: "certificate",
    title: "Certificate",
    cell: (item) => <Certificate item={item} campaign={campaign} isNarrow={isNarrow} />,
  };
  const act: Column<CampaignItem> = {
    id: "actions",
    title: "Actions",
    hideTitle: true,
    align: "right",
    width: "96px",
    cell: (item) => <VerifyButton item={item} campaign={campaign} />,
  };
  if (isNarrow) return [name, act];
  return [
    name,
    { id: "state", title: "State", width: "180px", cell: ({ state }) => <ItemBadge state={state} /> },
    { id: "waits", title: "Waits for", cell: (item) => <Blocked item={item} campaign={campaign} /> },
    {
      id: "changed",
      title: "Since",
      width: "140px",
      hideWhenCramped: true,
      sortBy: ({ changed_at }) => changed_at,
      cell: ({ changed_at }) => <Time at={changed_at} />,
    },
    act,
  ];
}

function Certificate({ item, campaign, isNarrow }: RowProps & { isNarrow: boolean }) {
  return (
    <>
      <CertificateLink id={item.certificate_id} name={item.certificate_name} />
      {isNarrow && (
        <>
          <div>
            <ItemBadge state={item.state} />
          </div>
          <Blocked item={item} campaign={campaign} />
        </>
      )}
    </>
  );
}

/** While a job is open it is the place to look. */
function Blocked({ item, campaign }: RowProps) {
  const { state, error, job_id } = item;
  const isAtWork = state === "rekeying" && job_id !== null;
  return (
    <span className={`${classes.blocked ?? ""} ${error === null ? "" : (classes.error ?? "")}`} title={error ?? undefined}>
      {state === "verified" && <VerifiedBy item={item} />}
      {itemBlockedBy(item, campaign)}
      {isAtWork && (
        <>
          {" · "}
          <JobLink id={job_id}>Job</JobLink>
        </>
      )}
    </span>
  );
}

/** Who verifies besides people. */
const VERIFIERS: Readonly<Record<string, string>> = { handshake: "a handshake", acme: "its ACME client, an hour after the download" };

function VerifiedBy({ item: { verified_by, verified_by_name } }: Pick<RowProps, "item">) {
  if (verified_by === null) return null;
  return <>Verified by {VERIFIERS[verified_by] ?? <ActorName id={verified_by} name={verified_by_name} />}. </>;
}

function VerifyButton({ item, campaign }: RowProps) {
  const mayWrite = useCan("campaigns:write");
  const [isAsking, setAsking] = useState(false);
  const close = () => setAsking(false);
  const verify = useAction({
    run: () => verifyItem(campaign.id, item.certificate_id),
    title: () => "Verified",
    message: () => "Its old versions are revoked next.",
    onDone: close,
  });
  if (!mayWrite || !canBeVerified(item, campaign)) return null;
  return (
    <>
      <Button size="compact-xs" variant="light" onClick={() => setAsking(true)} aria-label={`Verify ${item.certificate_name}`}>
        Verify
      </Button>
      <ConfirmModal
        title={`Verify ${item.certificate_name}?`}
        action="Verify and revoke"
        opened={isAsking}
        onClose={close}
        onConfirm={() => verify.mutate(undefined)}
        isBusy={verify.isPending}
        error={verify.error}
        isDangerous
      >
        <Text size="sm">
          You confirm that version {item.new_serial_number} is in use wherever an old version was. The old versions are revoked next. This
          cannot be undone.
        </Text>
      </ConfirmModal>
    </>
  );
}

function Nothing({ state, onClear }: { state: ItemState | undefined; onClear: () => void }) {
  if (state !== undefined) return <NothingMatches onClear={onClear} />;
  return <Empty title="No certificates found" icon="search" />;
}
