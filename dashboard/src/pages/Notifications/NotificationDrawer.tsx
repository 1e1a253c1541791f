import { Anchor, Drawer, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { getNotification, type Notification, notificationKeys } from "../../api/notifications";
import { LIST_POLL_MS } from "../../api/polling";
import { CertificateLink } from "../../components/CertificateLink";
import { RequeueWarnings, useTroubled } from "../../components/ChannelTrouble";
import { Countdown } from "../../components/Countdown";
import { type Fact, Facts } from "../../components/Facts";
import { JobLink } from "../../components/JobLink";
import { Mono } from "../../components/Mono";
import { OpenLink } from "../../components/OpenLink";
import { useShownRow } from "../../components/openRow";
import { QueryView } from "../../components/states";
import { ExactTime, Time } from "../../components/Time";
import { counted } from "../../components/words/count";
import { Attempts } from "./Attempts";
import { State } from "./Delivery";
import classes from "./Notifications.module.css";
import { Pager } from "./Pager";
import { RowActions } from "./RowActions";
import { deathWords, endingOf, isWaiting, mayBeRequeued, typeWords } from "./words";

/** What waits is soon something else. */
const WAITING_POLL_MS = 5_000;

/** One notification with its history; which one stands in the address. `order`: the ids of the list behind it. */
export function NotificationDrawer({ order }: { order: readonly string[] }) {
  const { isOpen, shownId, close } = useShownRow();
  const id = shownId ?? "";
  const query = useQuery({
    queryKey: notificationKeys.one(id),
    queryFn: ({ signal }) => getNotification(id, signal),
    enabled: isOpen,
    refetchInterval: ({ state }) => (state.data !== undefined && isWaiting(state.data) ? WAITING_POLL_MS : LIST_POLL_MS),
  });
  return (
    <Drawer opened={isOpen} onClose={close} position="right" size={640} title={query.data?.subject ?? "Notification"}>
      {isOpen && <Pager id={id} order={order} />}
      <QueryView query={query} what="the notification">
        {(row) => <Details row={row} />}
      </QueryView>
    </Drawer>
  );
}

function Details({ row }: { row: Notification }) {
  const canBeDelivered = isWaiting(row) || mayBeRequeued(row);
  const troubled = useTroubled(canBeDelivered ? [row.channel_id] : []);
  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <State row={row} />
        <RowActions row={row} />
      </Group>
      <RequeueWarnings channels={troubled} />
      {row.last_error !== null && <div className={classes.fullError}>{row.last_error}</div>}
      <section>
        <Title order={3} mb={8}>
          Attempts
        </Title>
        <Attempts attempts={row.attempts} />
      </section>
      <section>
        <Title order={3} mb={8}>
          Message
        </Title>
        <Text size="xs" c="dimmed" mb={6} component="div">
          Written <Time at={row.created_at} />. Times in the subject and the message are relative to then.
        </Text>
        <p className={classes.message}>{row.message}</p>
      </section>
      <Facts facts={factsOf(row)} />
    </Stack>
  );
}

function factsOf(row: Notification): Fact[] {
  const kind = row.action === "resolve" ? `${typeWords(row.type)}, resolved` : typeWords(row.type);
  return [
    ...endingFacts(row),
    { term: "Type", value: `${kind} (${row.severity})` },
    { term: "Channel", value: `${row.channel_id} (${row.channel})` },
    { term: "Recipient", value: row.recipient || "–" },
    { term: "Certificate", value: <CertificateLink id={row.certificate_id} name={row.certificate_name} /> },
    ...(row.job_id === null ? [] : [{ term: "Job", value: <JobLink id={row.job_id} /> }]),
    { term: "Team", value: row.team_id ?? "–" },
    { term: "Attempts used", value: `${row.retry_count} of ${row.max_attempts}` },
    { term: "Created", value: <ExactTime at={row.created_at} /> },
    { term: "Queued", value: <Time at={row.queued_at} /> },
    ...timeFacts(row),
    { term: "Read", value: <Time at={row.read_at} none="Not yet" /> },
    { term: "ID", value: <Mono copies="the id">{row.id}</Mono> },
  ];
}

function endingFacts(row: Notification): Fact[] {
  const death = deathWords(row);
  if (death !== null) return [{ term: "Dead", value: death }];
  const ending = endingOf(row);
  if (ending === null) return row.outcome === null ? [] : [{ term: "Outcome", value: typeWords(row.outcome.replaceAll("_", " ")) }];
  const why = row.folded_into === null ? ending.why : <FoldLink into={row.folded_into} />;
  return [{ term: ending.label, value: why }];
}

function FoldLink({ into }: { into: string }) {
  return (
    <Anchor component={OpenLink} id={into} inherit>
      Sent as part of another notification
    </Anchor>
  );
}

function timeFacts(row: Notification): Fact[] {
  const facts: Fact[] = [];
  if (row.sent_at !== null) facts.push({ term: "Sent", value: <Time at={row.sent_at} /> });
  if (row.dead_at !== null) facts.push({ term: "Dead since", value: <Time at={row.dead_at} /> });
  if (row.next_retry_at !== null && isWaiting(row)) {
    facts.push({ term: "Next attempt", value: <Countdown at={row.next_retry_at} over="due now" /> });
  }
  if (row.throttle_count > 0) facts.push({ term: "Throttled", value: counted(row.throttle_count, "times") });
  return facts;
}
