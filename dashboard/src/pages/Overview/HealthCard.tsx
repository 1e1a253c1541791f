import { Button, Text } from "@mantine/core";
import { Link } from "react-router";

import { type Channel, useChannels } from "../../api/channels";
import { type Metric, metricTotal, useMetrics } from "../../api/stats";
import { Can } from "../../components/session";
import { Card } from "../../components/Card";
import { QueryView } from "../../components/states";
import { StatusBadge, type Tone } from "../../components/StatusBadge";
import { Time } from "../../components/Time";
import { isDown, stateInWords } from "../../components/words/channelState";
import { deliveryLabel } from "../../components/words/deliveryState";
import { durationOf } from "./duration";
import classes from "./HealthCard.module.css";

/** Past this a due alert is late: sweeps come each minute. */
const LATE_SECONDS = 300;
const WAITING = "certctl_notification_waiting";

interface Figure {
  label: string;
  value: string;
  tone?: Tone | undefined;
  /** The list that it counts. */
  to?: string;
}

function figuresOf(metrics: readonly Metric[]): Figure[] {
  const sent = ["delivered", "accepted"].reduce(
    (sum, outcome) => sum + metricTotal(metrics, "certctl_notification_sends_total", { outcome }),
    0,
  );
  const failed = metricTotal(metrics, WAITING, { status: "failed" });
  const dead = metricTotal(metrics, "certctl_notification_dead");
  const oldest = metricTotal(metrics, "certctl_notification_oldest_due_age_seconds");
  const count = (value: number) => value.toLocaleString("en");
  return [
    { label: "Sent", value: count(sent) },
    {
      label: deliveryLabel("pending"),
      value: count(metricTotal(metrics, WAITING, { status: "pending" })),
      to: "/notifications?status=pending",
    },
    { label: deliveryLabel("failed"), value: count(failed), tone: failed > 0 ? "warn" : undefined, to: "/notifications?status=failed" },
    { label: deliveryLabel("dead"), value: count(dead), tone: dead > 0 ? "bad" : undefined, to: "/notifications?tab=dead" },
    { label: "Oldest due", value: oldest > 0 ? durationOf(oldest) : "none", tone: oldest > LATE_SECONDS ? "bad" : undefined },
  ];
}

export function HealthCard() {
  const metrics = useMetrics();
  const channels = useChannels();
  return (
    <Card title="Notifications" description="Whether alerts are delivered.">
      <QueryView query={metrics} what="the metrics">
        {(data) => <Figures figures={figuresOf(data)} />}
      </QueryView>
      <QueryView query={channels} what="the channels">
        {(data) => <Channels channels={data} />}
      </QueryView>
    </Card>
  );
}

function Figures({ figures }: { figures: readonly Figure[] }) {
  return (
    <dl className={classes.figures}>
      {figures.map(({ label, value, tone, to }) => (
        <div key={label} className={classes.figure} data-tone={tone}>
          <dt>{label}</dt>
          <dd>
            {to === undefined ? (
              value
            ) : (
              <Link to={to} aria-label={`${label}: ${value}`}>
                {value}
              </Link>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Channels({ channels }: { channels: readonly Channel[] }) {
  if (channels.length === 0) {
    return (
      <div className={classes.none}>
        <Text size="sm" c="dimmed">
          No channel is set up: alerts reach nobody.
        </Text>
        <Can permission="channels:write">
          <Button component={Link} to="/channels" size="xs" variant="default" mt={8}>
            Set up a channel
          </Button>
        </Can>
      </div>
    );
  }
  return (
    <ul className={classes.channels} aria-label="Channels">
      {channels.map((channel) => (
        <li key={channel.id} className={classes.channel}>
          <Link to="/channels" className={classes.link}>
            {channel.id}
          </Link>
          <Text size="xs" c="dimmed" className={classes.since}>
            {isDown(channel) && channel.since !== null && <Time at={channel.since} />}
          </Text>
          <State channel={channel} />
        </li>
      ))}
    </ul>
  );
}

function State({ channel }: { channel: Channel }) {
  const { label, tone } = stateInWords(channel);
  return <StatusBadge status={channel.state} label={label} tone={tone} />;
}
