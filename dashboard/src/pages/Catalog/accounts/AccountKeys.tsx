import { ActionIcon, Button, Text, Tooltip } from "@mantine/core";
import { useState } from "react";

import { type ApiKey, apiKeyKeys, listKeysOfAccount } from "../../../api/apiKeys";
import { useList } from "../../../api/paging";
import { Icon } from "../../../components/Icon";
import { Time } from "../../../components/Time";
import { RevokeKeyModal } from "../../Settings/RevokeKeyModal";
import { DrawerList } from "../DrawerList";
import { type Account, NewAccountKey } from "./NewAccountKey";

interface AccountKeysProps {
  account: Account;
  title: string;
  none: string;
}

/** Its keys that were not revoked, for those who may make and end them. */
export function AccountKeys({ account, title, none }: AccountKeysProps) {
  const list = useList(apiKeyKeys.ofAccount(account.id), (page) => listKeysOfAccount(account.id, page));
  const [isMaking, setMaking] = useState(false);
  const [revoked, setRevoked] = useState<ApiKey | null>(null);
  return (
    <>
      <DrawerList
        title={title}
        list={list}
        none={none}
        action={
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<Icon name="plus" size={12} />}
            onClick={() => setMaking(true)}
            disabled={!account.enabled}
          >
            New key
          </Button>
        }
      >
        {list.rows.map((key) => (
          <li key={key.id}>
            <KeyLine apiKey={key} />
            <Tooltip label="Revoke">
              <ActionIcon variant="subtle" color="red" onClick={() => setRevoked(key)} aria-label={`Revoke ${key.name}`}>
                <Icon name="ban" size={16} />
              </ActionIcon>
            </Tooltip>
          </li>
        ))}
      </DrawerList>
      <NewAccountKey account={account} opened={isMaking} onClose={() => setMaking(false)} />
      <RevokeKeyModal apiKey={revoked} onClose={() => setRevoked(null)} />
    </>
  );
}

function KeyLine({ apiKey: { id, name, role, expires_at, last_used_at } }: { apiKey: ApiKey }) {
  return (
    <div>
      <span title={id}>{name}</span>
      <Text size="xs" c="dimmed" component="div">
        {role ?? "all of its roles"} · ends <Time at={expires_at} none="never" /> · used <Time at={last_used_at} none="never" />
      </Text>
    </div>
  );
}
