import { ActionIcon, Button, Text, Tooltip } from "@mantine/core";
import { type ReactNode, useMemo, useState } from "react";

import { type ApiKey, apiKeyKeys, listApiKeys } from "../../api/apiKeys";
import { useList } from "../../api/paging";
import { SLOW_POLL_MS } from "../../api/polling";
import { useSession } from "../../components/session";
import { AccountLink } from "../../components/AccountLink";
import { useAccounts } from "../../components/accounts";
import { useAddress } from "../../components/address";
import { Card } from "../../components/Card";
import { useRecordName } from "../../components/catalog/options";
import { type Column, DataTable } from "../../components/DataTable";
import { Icon } from "../../components/Icon";
import { isPast, useNow } from "../../components/now";
import { StatusBadge } from "../../components/StatusBadge";
import { Empty } from "../../components/states";
import { Time } from "../../components/Time";
import { counted } from "../../components/words/count";
import { CreateKeyModal } from "./CreateKeyModal";
import { hasEnded, inTree, type PlacedKey } from "./keyTree";
import { RevokeKeyModal } from "./RevokeKeyModal";
import { TeamNames } from "./TeamNames";

export function Keys() {
  const { role, keyId } = useSession();
  const list = useList(apiKeyKeys.all, listApiKeys, { refetchInterval: SLOW_POLL_MS });
  const [revoked, setRevoked] = useState<ApiKey | null>(null);
  const creating = useAddress().flag("new");
  const columns = useMemo(() => columnsOf(keyId, setRevoked), [keyId]);
  const tree = useMemo(() => ({ ...list, rows: inTree(list.rows) }), [list]);
  return (
    <Card
      title="API keys"
      description={`${role === "admin" ? "All keys" : "The keys that you may revoke"}, newest first; below each, those that it created.`}
      flush
      actions={
        <Button size="xs" leftSection={<Icon name="plus" size={14} />} onClick={creating.open}>
          New key
        </Button>
      }
    >
      <DataTable list={tree} columns={columns} rowKey={(key) => key.id} what="API keys" empty={<Empty title="No keys" icon="key" />} />
      <CreateKeyModal opened={creating.isOpen} onClose={creating.close} />
      <RevokeKeyModal apiKey={revoked} onClose={() => setRevoked(null)} />
    </Card>
  );
}

function columnsOf(ownId: string | null, onRevoke: (key: ApiKey) => void): Column<PlacedKey>[] {
  return [
    { id: "name", title: "Name", cell: (key) => <Name apiKey={key} isOwn={key.id === ownId} /> },
    {
      id: "role",
      title: "Role",
      width: "112px",
      hideWhenNarrow: true,
      cell: (key) => (
        <Dimmed when={key}>
          <KeyRole apiKey={key} />
        </Dimmed>
      ),
    },
    {
      id: "teams",
      title: "Teams",
      width: "18%",
      hideWhenNarrow: true,
      cell: (key) => (
        <Dimmed when={key}>
          <Teams apiKey={key} />
        </Dimmed>
      ),
    },
    { id: "used", title: "Last used", width: "150px", hideWhenNarrow: true, cell: (key) => <Time at={key.last_used_at} none="never" /> },
    { id: "state", title: "State", width: "136px", cell: (key) => <State apiKey={key} /> },
    {
      id: "revoke",
      title: "Revoke",
      hideTitle: true,
      width: "64px",
      align: "right",
      cell: (key) => <Revoke apiKey={key} onRevoke={onRevoke} />,
    },
  ];
}

/** What has ended stands back. */
function Dimmed({ when, children }: { when: ApiKey; children: ReactNode }) {
  const now = useNow(60_000);
  return <span style={hasEnded(when, now) ? DIM : {}}>{children}</span>;
}

const DIM = { color: "var(--mantine-color-dimmed)" };

/** A key without a role has those of its account, with their teams. */
function Teams({ apiKey: { role, teams } }: { apiKey: ApiKey }) {
  if (role === null) return "of its account";
  return teams === "*" ? "all" : <TeamNames ids={teams} />;
}

/** "of agent web-1"; "of Anna, ends with laptop"; "" for a key of its own. A key that has ended tells the id: its
 *  agent or owner may be gone. */
function useOrigin(apiKey: PlacedKey): string {
  const { agent_id, owner_id, parent_id, maker } = apiKey;
  const now = useNow(60_000);
  const agent = useRecordName("agents", hasEnded(apiKey, now) ? null : agent_id) ?? agent_id;
  const owner = useRecordName("owners", hasEnded(apiKey, now) ? null : owner_id) ?? owner_id;
  const holder = agent === null ? owner !== null && `of ${owner}` : `of agent ${agent}`;
  const made = maker !== null && (parent_id === null ? `created with ${maker}` : `ends with ${maker}`);
  return [holder, made].filter(Boolean).join(", ");
}

/** Two lines: the name, whose title has the id, and whose key it is. */
function Name({ apiKey, isOwn }: { apiKey: PlacedKey; isOwn: boolean }) {
  const origin = useOrigin(apiKey);
  const { subject_id, agent_id } = apiKey;
  return (
    <div style={{ paddingInlineStart: `${apiKey.depth * 20}px` }}>
      <Text size="sm" fw={600} truncate title={`${apiKey.name} (${apiKey.id})`} component="div">
        <Dimmed when={apiKey}>
          {apiKey.name}
          {isOwn && " (this one)"}
        </Dimmed>
      </Text>
      <Text size="xs" c="dimmed" truncate title={origin} component="div">
        {subject_id !== null && agent_id === null && <ActsFor id={subject_id} isFirstOfTwo={origin !== ""} />}
        {origin}
      </Text>
    </div>
  );
}

/** The service account or user that it acts for, if that has a record. */
function ActsFor({ id, isFirstOfTwo }: { id: string; isFirstOfTwo: boolean }) {
  const isRecord = useAccounts().some((account) => account.id === id);
  if (!isRecord) return null;
  return (
    <>
      acts for <AccountLink id={id} />
      {isFirstOfTwo && ", "}
    </>
  );
}

function KeyRole({ apiKey: { role, actions, names } }: { apiKey: ApiKey }) {
  const limits = [limitOf(actions, "permissions"), limitOf(names, "names")].filter((limit) => limit !== null);
  return (
    <>
      {role ?? "of its account"}
      {limits.length > 0 && (
        <Text size="xs" c="dimmed" truncate title={[...(actions ?? []), ...(names ?? [])].join(", ")}>
          {limits.join(", ")}
        </Text>
      )}
    </>
  );
}

const limitOf = (values: readonly string[] | null, noun: string) => (values === null ? null : counted(values.length, noun));

function State({ apiKey: { revoked_at, expires_at, leaked_at, asleep } }: { apiKey: ApiKey }) {
  const now = useNow(60_000);
  if (leaked_at !== null) return <StatusBadge status="Leaked" tone="bad" />;
  if (revoked_at !== null) return <StatusBadge status="Revoked" tone="idle" />;
  if (asleep) return <StatusBadge status="Asleep" tone="idle" />;
  if (expires_at === null) return <StatusBadge status="Valid" tone="ok" />;
  if (isPast(expires_at, now)) return <StatusBadge status="Expired" tone="idle" />;
  return (
    <>
      <StatusBadge status="Valid" tone="ok" />
      <Text size="xs" c="dimmed">
        ends <Time at={expires_at} />
      </Text>
    </>
  );
}

function Revoke({ apiKey, onRevoke }: { apiKey: ApiKey; onRevoke: (key: ApiKey) => void }) {
  if (apiKey.revoked_at !== null) return null;
  return (
    <Tooltip label="Revoke">
      <ActionIcon variant="subtle" color="red" onClick={() => onRevoke(apiKey)} aria-label={`Revoke ${apiKey.name}`}>
        <Icon name="ban" size={16} />
      </ActionIcon>
    </Tooltip>
  );
}
