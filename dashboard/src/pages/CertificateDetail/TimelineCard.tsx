import { Anchor, Button, Text } from "@mantine/core";
import { Link } from "react-router";

import type { Certificate } from "../../api/certificates";
import { useActorNames } from "../../components/actors";
import { Card } from "../../components/Card";
import { Icon, type IconName } from "../../components/Icon";
import { Empty, Failure, Loading } from "../../components/states";
import { StatusBadge } from "../../components/StatusBadge";
import { Time } from "../../components/Time";
import type { Entry } from "./timeline";
import classes from "./TimelineCard.module.css";
import { useTimeline } from "./useTimeline";

const ICONS: Record<Entry["kind"], IconName> = { event: "audit", job: "jobs", notification: "bell" };
const ACTION_ICONS: Record<string, IconName> = {
  certificate_created: "plus",
  certificate_updated: "pencil",
  certificate_issued: "certificate",
  certificate_issuance_failed: "alertCircle",
  certificate_renewal_requested: "refresh",
  certificate_csr_submitted: "key",
  certificate_held: "pause",
  certificate_unheld: "play",
  certificate_revoked: "ban",
  certificate_version_revoked: "ban",
  certificate_deployment_requested: "send",
  certificate_deployed: "server",
  certificate_deployment_failed: "alertCircle",
};
const KINDS: Record<Entry["kind"], string> = { event: "Audit", job: "Job", notification: "Notification" };

interface TimelineProps {
  certificate: Certificate;
  /** Something more is expected soon. */
  isUnderWay: boolean;
}

export function TimelineCard({ certificate, isUnderWay }: TimelineProps) {
  const timeline = useTimeline(certificate.id, isUnderWay);
  return (
    <Card title="Timeline" description="Audit events, jobs and notifications.">
      <TimelineBody timeline={timeline} />
      {timeline.hidden.length > 0 && (
        <Text size="xs" c="dimmed" mt="sm">
          Not shown: {timeline.hidden.join(" and ")}, which you cannot access.
        </Text>
      )}
    </Card>
  );
}

function TimelineBody({ timeline }: { timeline: ReturnType<typeof useTimeline> }) {
  const { entries, error, isPending, hasMore, isReadingOn, readOn, retry } = timeline;
  if (error !== null) return <Failure error={error} what="the timeline" onRetry={retry} />;
  if (isPending) return <Loading label="Loading the timeline" />;
  if (entries.length === 0 && !hasMore) return <Empty title="Nothing has happened yet" icon="clock" />;
  return (
    <>
      <ol className={classes.list}>
        {entries.map((entry) => (
          <Item key={entry.id} entry={entry} />
        ))}
      </ol>
      {hasMore && (
        <Button variant="default" size="xs" loading={isReadingOn} onClick={readOn}>
          Load older
        </Button>
      )}
    </>
  );
}

function Item({ entry: { kind, title, status, label, by, at, error, to, action } }: { entry: Entry }) {
  const nameOf = useActorNames();
  return (
    <li className={classes.item} data-kind={kind}>
      <span className={classes.mark} title={KINDS[kind]}>
        <Icon name={ACTION_ICONS[action ?? ""] ?? ICONS[kind]} size={14} />
      </span>
      <div className={classes.words}>
        <div className={classes.head}>
          {to === null ? <span className={classes.title}>{title}</span> : <TitleLink to={to} title={title} />}
          {status !== null && <StatusBadge status={status} {...(label !== null && { label })} />}
        </div>
        {error !== null && (
          <Text size="xs" className={classes.error} title={error}>
            {error}
          </Text>
        )}
        <Text size="xs" c="dimmed" component="div" truncate title={by}>
          <Time at={at} /> · {nameOf(by)}
        </Text>
      </div>
    </li>
  );
}

function TitleLink({ to, title }: { to: string; title: string }) {
  return (
    <Anchor component={Link} to={to} className={classes.title} c="var(--mantine-color-text)">
      {title}
    </Anchor>
  );
}
