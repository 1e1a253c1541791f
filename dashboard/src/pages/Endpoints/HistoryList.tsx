import { Button, Stack, Text } from "@mantine/core";

import { endpointKeys, listEndpointHistory } from "../../api/endpoints";
import { useList } from "../../api/paging";
import { Failure, Loading } from "../../components/states";
import { ExactTime } from "../../components/Time";
import { FingerprintLinks } from "./FingerprintLinks";
import { changeWords } from "./words";

/** What changed at an endpoint, newest first. */
export function HistoryList({ id }: { id: string }) {
  const list = useList(endpointKeys.history(id), (page) => listEndpointHistory(id, page));
  return (
    <section aria-label="History">
      <Text size="sm" fw={600} mb={6}>
        History
      </Text>
      <Changes list={list} />
    </section>
  );
}

function Changes({ list }: { list: ReturnType<typeof useList<Awaited<ReturnType<typeof listEndpointHistory>>["data"][number]>> }) {
  if (list.isPending) return <Loading label="Loading the history" />;
  if (list.error !== null && list.rows.length === 0) {
    return <Failure error={list.error} what="the history" onRetry={() => void list.refetch()} />;
  }
  if (list.rows.length === 0) return <Text size="sm">Nothing has changed yet.</Text>;
  return (
    <Stack gap="sm">
      {list.rows.map((change, index) => (
        <div key={`${index} ${change.at}`}>
          <Text size="sm">{changeWords(change)}</Text>
          <Text size="xs" c="dimmed" component="div">
            <ExactTime at={change.at} /> {change.addresses.join(", ")}
          </Text>
          <FingerprintLinks fingerprints={change.fingerprints} />
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
