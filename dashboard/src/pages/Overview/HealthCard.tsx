import { Text } from "@mantine/core";
import { Link } from "react-router";

import { type Channel, useChannels } from "../../api/channels";
import { type Metric, metricTotal, useMetrics } from "../../api/stats";
import { Card } from "../../components/Card";
import { QueryView } from "../../components/states";
import { StatusBadge, type Tone } from "../../components/StatusBadge";
import { Time } from "../../components/Time";
import { durationOf } from "./duration";
import classes from "./HealthCard.module.css";

/** Past this a due alert is late: sweeps come each minute. */
const LATE_SECONDS = 300;
const WAITING = "certctl_notification_waiting";

interface Figure {
  label: string;
  value: string;
  tone?: Tone | undefined;
}

function figuresOf(metrics: readonly Metric[]): Figure[] {
  const sent = ["delivered", "accepted"].reduce((sum, outcome) => sum + metricTotal(metrics, "certctl_notification_sends_total", { outcome }), 0);
  const failed = metricTotal(metrics, WAITING, { status: "failed" });
  const dead = metricTotal(metrics, "certctl_notification_dead");
  const oldest = metricTotal(metrics, "certctl_notification_oldest_due_age_seconds");
  const count = (value: number) => value.toLocaleString("en");
  return [
    { label: "Sent", value: count(sent) },
    { label: "Pending", value: count(metricTotal(metrics, WAITING, { status: "pending" })) },
    { label: "Retrying", value: count(failed), tone: failed > 0 ? "warn" : undefined },
    { label: "Dead", value: count(dead), tone: dead > 0 ? "bad" : undefined },
    { label: "Oldest due", value: oldest > 0 ? durationOf(oldest) : "none", tone: oldest > LATE_SECONDS ? "bad" : undefined },
  ];
}

export function HealthCard() {
  const metrics = useMetrics();
  const channels = useChannels();
  return (
    <Card title="Notifications" description="Whether alerts get out.">
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
      {figures.map(({ label, value, tone }) => (
        <div key={label} className={classes.figure} data-tone={tone}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function stateOf({ enabled, state, disabled }: Channel): { label: string; tone: Tone } {
  if (!enabled) return { label: "Off", tone: "idle" };
  if (disabled !== null) return { label: "Gone", tone: "bad" };
  if (state === "open") return { label: "Paused", tone: "bad" };
  return state === "half_open" ? { label: "Probing", tone: "warn" } : { label: "Working", tone: "ok" };
}

function Channels({ channels }: { channels: readonly Channel[] }) {
  if (channels.length === 0) {
    return (
      <Text size="sm" c="dimmed" className={classes.none}>
        No channel is set up: nobody hears of anything.
      </Text>
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
            {channel.state !== "closed" && channel.since !== null && <Time at={channel.since} />}
          </Text>
          <StatusBadge status={channel.state} {...stateOf(channel)} />
        </li>
      ))}
    </ul>
  );
}
