import { UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { certificateKeys, getCertificate } from "../../api/certificates";
import type { NotificationStatus } from "../../api/notifications";
import { Icon } from "../../components/Icon";
import { StatusBadge } from "../../components/StatusBadge";
import type { Group } from "./grouping";
import classes from "./Notifications.module.css";

const NAME_IS_GOOD_FOR_MS = 300_000;
const ORDER: readonly NotificationStatus[] = ["dead", "failed", "pending", "sent"];

interface GroupHeadProps {
  group: Group;
  onToggle: () => void;
}

/** The certificate that a group is about, and how its notifications fared. */
export function GroupHead({ group, onToggle }: GroupHeadProps) {
  const { certificateId, isOpen } = group;
  const name = useNameOf(certificateId);
  return (
    <div className={classes.group}>
      <UnstyledButton className={classes.toggle} onClick={onToggle} aria-expanded={isOpen}>
        <Icon name={isOpen ? "chevronDown" : "chevronRight"} size={16} />
        <span title={name}>{name}</span>
      </UnstyledButton>
      <Counts group={group} />
      {certificateId !== null && (
        <Link to={`/certificates/${certificateId}`} aria-label={`Certificate ${name}`} title="Certificate">
          <Icon name="external" size={15} />
        </Link>
      )}
    </div>
  );
}

/** Its common name; its id until that is read, and where it cannot be. */
function useNameOf(certificateId: string | null): string {
  const id = certificateId ?? "";
  const { data } = useQuery({
    queryKey: certificateKeys.one(id),
    queryFn: ({ signal }) => getCertificate(id, signal),
    enabled: certificateId !== null,
    staleTime: NAME_IS_GOOD_FOR_MS,
  });
  return certificateId === null ? "Not about a certificate" : (data?.common_name ?? certificateId);
}

function Counts({ group }: { group: Group }) {
  const counts = ORDER.map((status) => ({ status, count: group.rows.filter((row) => row.status === status).length }));
  return counts
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => <StatusBadge key={status} status={status} label={`${count} ${status}`} />);
}
