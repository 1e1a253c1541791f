import { Anchor, UnstyledButton } from "@mantine/core";
import { Link } from "react-router";

import type { NotificationStatus } from "../../api/notifications";
import { useChannel } from "../../components/ChannelTrouble";
import { Icon } from "../../components/Icon";
import { StatusBadge } from "../../components/StatusBadge";
import { stateInWords } from "../../components/words/channelState";
import { deliveryLabel } from "../../components/words/deliveryState";
import type { Group } from "./grouping";
import classes from "./Notifications.module.css";

const ORDER: readonly NotificationStatus[] = ["dead", "failed", "pending", "sent"];

interface GroupHeadProps {
  group: Group;
  onToggle: () => void;
}

/** What the rows of a group share, and how they fared. */
export function GroupHead({ group, onToggle }: GroupHeadProps) {
  const { isOpen } = group;
  const name = nameOf(group);
  const to = pageOf(group);
  return (
    <div className={classes.group}>
      <UnstyledButton className={classes.toggle} onClick={onToggle} aria-expanded={isOpen}>
        <Icon name={isOpen ? "chevronDown" : "chevronRight"} size={16} />
        <span title={name}>{name}</span>
      </UnstyledButton>
      <Counts group={group} />
      {group.by === "channel" && group.about !== null && <ChannelMark id={group.about} />}
      {to !== null && (
        <Anchor component={Link} to={to} size="xs" aria-label={`Open ${name}`}>
          Open
        </Anchor>
      )}
    </div>
  );
}

function nameOf({ by, about, rows }: Group): string {
  if (by === "grouped") return rows[0]?.certificate_name ?? about ?? "Not about a certificate";
  return by === "cause" ? (about ?? "Other") : (about ?? "");
}

function pageOf({ by, about }: Group): string | null {
  if (about === null || by === "cause") return null;
  return by === "grouped" ? `/certificates/${about}` : "/channels";
}

function ChannelMark({ id }: { id: string }) {
  const channel = useChannel(id);
  if (channel === undefined) return null;
  const { label, tone } = stateInWords(channel);
  return <StatusBadge status={channel.state} label={label} tone={tone} />;
}

function Counts({ group }: { group: Group }) {
  const counts = ORDER.map((status) => ({ status, count: group.rows.filter((row) => row.status === status).length }));
  return counts
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => <StatusBadge key={status} status={status} label={`${count} ${deliveryLabel(status).toLowerCase()}`} />);
}
