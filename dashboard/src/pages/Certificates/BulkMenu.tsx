import { Button, Menu, Text } from "@mantine/core";
import { useNavigate } from "react-router";

import type { Certificate } from "../../api/certificates";
import type { Permission } from "../../api/permissions";
import { Can, useCan } from "../../components/session";
import { searchNow, useAddress } from "../../components/address";
import { Icon, type IconName } from "../../components/Icon";
import { type ActionName, BULK_LIMIT } from "../BulkChange/selected";
import { MOST_IDS, whyNotChosen } from "../BulkRevocation/choice";

interface BulkMenuProps {
  selected: readonly Certificate[];
}

const ACTIONS: readonly [action: ActionName, label: string, icon: IconName, permission: Permission][] = [
  ["renew", "Renew", "refresh", "certificates:write"],
  ["reassign", "Reassign owner or team", "users", "certificates:write"],
  ["tags", "Edit tags", "pencil", "certificates:write"],
  ["archive", "Archive", "inbox", "certificates:revoke"],
];

/** What can be done to the rows that are selected; revocation also to all that the filter finds. */
export function BulkMenu({ selected }: BulkMenuProps) {
  const mayWrite = useCan("certificates:write");
  if (!mayWrite) return null;
  return (
    <Menu position="bottom-end" width={320} hideDetached={false}>
      <Menu.Target>
        <Button variant="default" rightSection={<Icon name="chevronDown" size={15} />}>
          {selected.length > 0 ? `Bulk actions (${selected.length.toLocaleString("en")} selected)` : "Bulk actions"}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {ACTIONS.map(([action, label, icon, permission]) => (
          <Can key={action} permission={permission}>
            <ActionItem action={action} label={label} icon={icon} selected={selected} />
          </Can>
        ))}
        <Can permission="certificates:bulk-revoke">
          <Menu.Divider />
          <RevokeItem selected={selected} />
        </Can>
      </Menu.Dropdown>
    </Menu>
  );
}

interface ItemProps {
  label: string;
  icon: IconName;
  /** Why it cannot be chosen now. */
  why: string | null;
  isDangerous?: boolean;
  onClick: () => void;
}

function Item({ label, icon, why, isDangerous = false, onClick }: ItemProps) {
  return (
    <Menu.Item
      leftSection={<Icon name={icon} size={16} />}
      disabled={why !== null}
      onClick={onClick}
      {...(isDangerous && { color: "red" })}
    >
      {label}
      {why !== null && (
        <Text size="xs" c="dimmed">
          {why}
        </Text>
      )}
    </Menu.Item>
  );
}

interface ActionItemProps extends BulkMenuProps {
  action: ActionName;
  label: string;
  icon: IconName;
}

function ActionItem({ action, label, icon, selected }: ActionItemProps) {
  const navigate = useNavigate();
  const count = selected.length;
  const why =
    count === 0
      ? "Select rows first."
      : count > BULK_LIMIT
        ? `At most ${BULK_LIMIT} at a time; ${count.toLocaleString("en")} are selected.`
        : null;
  const go = () => void navigate(`/certificates/bulk?act=${action}`, { state: { ids: selected.map(({ id }) => id) } });
  return <Item label={count > 0 ? `${label} (${count.toLocaleString("en")})` : label} icon={icon} why={why} onClick={go} />;
}

function RevokeItem({ selected }: BulkMenuProps) {
  const navigate = useNavigate();
  const { parameters } = useAddress();
  const count = selected.length;
  const ids = selected.slice(0, MOST_IDS).map(({ id }) => id);
  const why = count > 0 ? null : whyNotChosen(parameters);
  return (
    <Item
      label={count > 0 ? `Revoke ${selectedInWords(count)}` : "Revoke all that match the filters"}
      icon="ban"
      why={why}
      isDangerous
      onClick={() => void navigate(`/certificates/bulk-revoke${count > 0 ? "" : searchNow()}`, { state: { ids } })}
    />
  );
}

/** A job takes so many ids: of more, the first. */
export function selectedInWords(count: number): string {
  const most = MOST_IDS.toLocaleString("en");
  return count > MOST_IDS ? `the first ${most} of ${count.toLocaleString("en")} selected (a job takes ${most})` : `${count} selected`;
}
