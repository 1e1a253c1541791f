import { Anchor, UnstyledButton } from "@mantine/core";
import { Link } from "react-router";

import type { NotificationStatus } from "../../api/notifications";
import { Icon } from "../../components/Icon";
import { StatusBadge } from "../../components/StatusBadge";
import { deliveryLabel } from "../../components/words/deliveryState";
import type { Group } from "./grouping";
import classes from "./Notifications.module.css";

const ORDER: readonly NotificationStatus[] = ["dead", "failed", "pending", "sent"];

interface GroupHeadProps {
  group: Group;
  onToggle: () => void;
}

/** The certificate that a group is about, and how its notifications fared. */
export function GroupHead({ group, onToggle }: GroupHeadProps) {
  const { certificateId, isOpen, rows } = group;
  const name = rows[0]?.certificate_name ?? certificateId ?? "Not about a certificate";
  return (
    <div className={classes.group}>
      <UnstyledButton className={classes.toggle} onClick={onToggle} aria-expanded={isOpen}>
        <Icon name={isOpen ? "chevronDown" : "chevronRight"} size={16} />
        <span title={name}>{name}</span>
      </UnstyledButton>
      <Counts group={group} />
      {certificateId !== null && (
        <Anchor component={Link} to={`/certificates/${certificateId}`} size="xs" aria-label={`Open ${name}`}>
          Open
        </Anchor>
      )}
    </div>
  );
}

function Counts({ group }: { group: Group }) {
  const counts = ORDER.map((status) => ({ status, count: group.rows.filter((row) => row.status === status).length }));
  return counts
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => <StatusBadge key={status} status={status} label={`${count} ${deliveryLabel(status).toLowerCase()}`} />);
}
