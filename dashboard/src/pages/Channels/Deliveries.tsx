import { Anchor, Button, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { deliveriesOf, groupNotifications, notificationKeys, type Notification } from "../../api/notifications";
import { SLOW_POLL_MS } from "../../api/polling";
import { type Metric, useMetrics } from "../../api/stats";
import { QueryView } from "../../components/states";
import { StatusBadge } from "../../components/StatusBadge";
import { Time } from "../../components/Time";
import { deliveryLabel } from "../../components/words/deliveryState";
import classes from "./Channels.module.css";

const SENDS = "certctl_notification_sends_total";
const SUCCESSES = ["delivered", "accepted"];
/** They end without an attempt at the provider. */
const UNTRIED = ["skipped", "superseded", "folded", "muted"];

/** What waits here, what died here, how often it works, and the newest alerts on demand. */
export function Deliveries({ id }: { id: string }) {
  const [isOpen, { toggle }] = useDisclosure(false);
  const act = isOpen ? "Hide recent alerts" : "Show recent alerts";
  return (
    <div className={classes.deliveries}>
      <Counts id={id} />
      <SuccessRate id={id} />
      <Button
        size="compact-xs"
        variant="subtle"
        className={classes.more ?? ""}
        onClick={toggle}
        aria-expanded={isOpen}
        aria-label={`${act} of ${id}`}
      >
        {act}
      </Button>
      {isOpen && <Recent id={id} />}
    </div>
  );
}

function useCount(state: "waiting" | "dead", id: string): { count: number; isComplete: boolean } {
  const { data } = useQuery({
    queryKey: notificationKeys.groups(state),
    queryFn: ({ signal }) => groupNotifications(state, signal),
    refetchInterval: SLOW_POLL_MS,
  });
  const groups = (data?.data ?? []).filter((group) => group.channel_id === id);
  return { count: groups.reduce((sum, group) => sum + group.count, 0), isComplete: data?.complete ?? true };
}

function Counts({ id }: { id: string }) {
  const [waiting, dead] = [useCount("waiting", id), useCount("dead", id)];
  const channel = encodeURIComponent(id);
  return (
    <div className={classes.counts}>
      <CountLink found={waiting} to={`/notifications?status=waiting&channel=${channel}`} words={["alert waits here", "alerts wait here"]} />
      <CountLink found={dead} to={`/notifications?tab=dead&channel=${channel}`} words={["dead letter", "dead letters"]} />
    </div>
  );
}

function CountLink({ found, to, words: [one, many] }: { found: ReturnType<typeof useCount>; to: string; words: [string, string] }) {
  const { count, isComplete } = found;
  if (count === 0) return null;
  return (
    <Anchor component={Link} to={to} size="sm" fw={600}>
      {isComplete ? "" : "At least "}
      {count.toLocaleString("en")} {count === 1 ? one : many}
    </Anchor>
  );
}

function SuccessRate({ id }: { id: string }) {
  const { data } = useMetrics();
  const rate = data === undefined ? null : rateOf(data, id);
  if (rate === null) return null;
  return (
    <Text size="sm" c="dimmed">
      {rate.percent} of {rate.all.toLocaleString("en")} attempts delivered, since the stack was set up
    </Text>
  );
}

/** Null before the first attempt. */
export function rateOf(metrics: readonly Metric[], id: string): { percent: string; all: number } | null {
  const samples = metrics.find(({ name }) => name === SENDS)?.samples ?? [];
  const sends = samples.filter(({ labels }) => labels.channel === id && !UNTRIED.includes(labels.outcome ?? ""));
  const total = (of: typeof sends) => of.reduce((sum, { value }) => sum + value, 0);
  const [all, good] = [total(sends), total(sends.filter(({ labels }) => SUCCESSES.includes(labels.outcome ?? "")))];
  if (all === 0) return null;
  // 99.96 % is not all.
  const percent = good === all ? "100%" : `${(Math.floor((1_000 * good) / all) / 10).toLocaleString("en")}%`;
  return { percent, all };
}

function Recent({ id }: { id: string }) {
  const query = useQuery({ queryKey: notificationKeys.ofChannel(id), queryFn: ({ signal }) => deliveriesOf(id, signal) });
  return (
    <QueryView query={query} what="the alerts of the channel">
      {(rows) => <Rows rows={rows} id={id} />}
    </QueryView>
  );
}

function Rows({ rows, id }: { rows: readonly Notification[]; id: string }) {
  const lastSent = rows.find((row) => row.sent_at !== null)?.sent_at;
  if (rows.length === 0) return <Text size="sm">No recent alerts.</Text>;
  return (
    <>
      <Text size="sm">
        Last delivered: <Time at={lastSent} none={`none of the newest ${rows.length}`} />
      </Text>
      <ul className={classes.recent} aria-label={`Recent alerts of ${id}`}>
        {rows.map((row) => (
          <li key={row.id}>
            <StatusBadge status={row.status} label={deliveryLabel(row.status)} />
            <Anchor component={Link} to={`/notifications?channel=${encodeURIComponent(id)}&open=${row.id}`} inherit>
              {row.subject}
            </Anchor>
            <Time at={row.created_at} />
          </li>
        ))}
      </ul>
    </>
  );
}
