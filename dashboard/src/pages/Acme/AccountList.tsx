import { Button, Group, Stack, Text } from "@mantine/core";
import { Link } from "react-router";

import { acmeKeys, listAcmeAccounts } from "../../api/acme";
import { useList } from "../../api/paging";
import { Failure, Loading } from "../../components/states";
import { StatusBadge } from "../../components/StatusBadge";
import { Time } from "../../components/Time";
import { ACCOUNT_TONES } from "./words";

/** The ACME accounts of an EAB key, oldest first. */
export function AccountList({ eabKeyId }: { eabKeyId: string }) {
  const list = useList(acmeKeys.accounts(eabKeyId), (page) => listAcmeAccounts(eabKeyId, page));
  return (
    <section aria-label="ACME accounts">
      <Text size="sm" fw={600} mb={6}>
        ACME accounts
      </Text>
      <Accounts list={list} />
    </section>
  );
}

function Accounts({ list }: { list: ReturnType<typeof useList<Awaited<ReturnType<typeof listAcmeAccounts>>["data"][number]>> }) {
  if (list.isPending) return <Loading label="Loading ACME accounts" />;
  if (list.error !== null && list.rows.length === 0) {
    return <Failure error={list.error} what="its ACME accounts" onRetry={() => void list.refetch()} />;
  }
  if (list.rows.length === 0) return <Text size="sm">No client has registered with it yet.</Text>;
  return (
    <Stack gap="sm">
      {list.rows.map(({ id, status, contacts, last_seen_at }) => (
        <div key={id}>
          <Group gap="xs">
            <Link to={`/acme/accounts/${id}`}>{contacts[0] ?? id}</Link>
            <StatusBadge status={status} tone={ACCOUNT_TONES[status]} />
          </Group>
          <Text size="xs" c="dimmed" component="div">
            last order <Time at={last_seen_at} none="never" />
          </Text>
        </div>
      ))}
      {list.hasNextPage && (
        <Button variant="default" size="compact-xs" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          Load more
        </Button>
      )}
    </Stack>
  );
}
