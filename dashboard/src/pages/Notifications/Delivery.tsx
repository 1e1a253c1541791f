import type { Notification } from "../../api/notifications";
import { useTroubled, WaitsFor } from "../../components/ChannelTrouble";
import { Countdown } from "../../components/Countdown";
import { OpenLink } from "../../components/OpenLink";
import { StatusBadge } from "../../components/StatusBadge";
import { deliveryLabel } from "../../components/words/deliveryState";
import classes from "./Notifications.module.css";
import { type Ending, deathLabel, deathWords, endingOf, isWaiting, retryWords } from "./words";

interface DeliveryProps {
  row: Notification;
  /** On one line, where the table has one column. */
  isInline?: boolean;
}

/** How far the delivery has come: status, attempts of the budget, the next one. */
export function Delivery({ row, isInline }: DeliveryProps) {
  const hasFailed = row.status === "dead" || row.status === "failed";
  return (
    <div className={classes.delivery} data-inline={isInline}>
      <State row={row} />
      {hasFailed && <Tries row={row} />}
      <NextRetry row={row} />
    </div>
  );
}

/** Why it is dead, and how often it was tried; a row that died untried has no "Retry 0/5". */
function Tries({ row }: { row: Notification }) {
  const cause = deathLabel(row);
  return (
    <span className={classes.line} title={deathWords(row) ?? undefined}>
      {cause}
      {cause !== null && row.retry_count > 0 && " · "}
      {(cause === null || row.retry_count > 0) && <span>{retryWords(row)}</span>}
    </span>
  );
}

export function State({ row }: { row: Notification }) {
  const ending = endingOf(row);
  if (ending === null) return <StatusBadge status={row.status} label={deliveryLabel(row.status)} />;
  if (row.folded_into !== null) return <Fold into={row.folded_into} ending={ending} />;
  return (
    <span className={classes.above} title={ending.why}>
      <StatusBadge status={row.status} label={ending.label} tone={ending.tone} />
    </span>
  );
}

function Fold({ into, ending }: { into: string; ending: Ending }) {
  return (
    <OpenLink id={into} className={`${classes.above} ${classes.fold}`} title={`${ending.why} Open it.`}>
      <StatusBadge status="sent" label={ending.label} tone={ending.tone} />
    </OpenLink>
  );
}

/** What it waits for: its channel, if that does not work, else the time of its next attempt. */
function NextRetry({ row }: { row: Notification }) {
  const isHeld = useTroubled([row.channel_id]).length > 0;
  if (!isWaiting(row)) return null;
  if (isHeld) {
    return (
      <span className={`${classes.line} ${classes.above} ${classes.held}`}>
        <WaitsFor channelId={row.channel_id} />
      </span>
    );
  }
  if (row.next_retry_at === null) return null;
  return (
    <span className={`${classes.line} ${classes.above}`}>
      Next attempt <Countdown at={row.next_retry_at} over="due now" />
    </span>
  );
}
