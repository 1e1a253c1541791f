import { Button, Group, Text } from "@mantine/core";
import { useEffect } from "react";

import { previewRevocation } from "../../api/bulkRevocation";
import { useList } from "../../api/paging";
import { Card } from "../../components/Card";
import { CERTIFICATE_COLUMNS, saveCsv } from "../../components/certificateCsv";
import { CertificateTable } from "../../components/CertificateTable";
import { Icon } from "../../components/Icon";
import { Empty, Failure, Loading } from "../../components/states";
import { counted } from "../../components/words/count";
import classes from "./BulkRevocation.module.css";
import type { Choice } from "./choice";

/** The dry run needs a reason, whichever. */
const ANY_REASON = "unspecified";

/** Pages through the dry run to its end: what is asked for is the whole number. */
export function usePreview(choice: Choice) {
  const wanted = { ...choice, reason: ANY_REASON };
  const list = useList(["certificates", "bulk-revoke", choice], (page) => previewRevocation(wanted, page));
  const { data, hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = list;
  const shouldRead = hasNextPage && !isFetching && !isFetchNextPageError;
  // With each page again: a page that comes fast leaves `shouldRead` as it was.
  useEffect(() => {
    if (shouldRead) void fetchNextPage();
  }, [shouldRead, fetchNextPage, data]);
  return { ...list, isComplete: list.isSuccess && !hasNextPage };
}

type PreviewList = ReturnType<typeof usePreview>;

export function Preview({ preview }: { preview: PreviewList }) {
  const { rows, isPending, error, isComplete, isFetchNextPageError, refetch, fetchNextPage } = preview;
  const retry = () => void (isFetchNextPageError ? fetchNextPage() : refetch());
  return (
    <Card title="Preview" description="A dry run: nothing has been revoked yet." actions={isComplete && <Acts preview={preview} />} flush>
      <Text fw={600} role="status" className={classes.count ?? ""}>
        {isPending ? "" : countInWords(rows.length, isComplete)}
      </Text>
      {isPending && <Loading label="Searching" />}
      {error !== null && <Failure error={error} what="all of them" onRetry={retry} />}
      {isComplete && rows.length === 0 && (
        <Empty title="Nothing would be revoked" icon="check">
          No certificates match, or all of them are already revoked or archived.
        </Empty>
      )}
      {error === null && rows.length > 0 && <CertificateTable list={preview} />}
    </Card>
  );
}

function Acts({ preview: { rows, refetch } }: { preview: PreviewList }) {
  return (
    <Group gap="xs">
      <Button size="compact-sm" variant="default" onClick={() => void refetch()}>
        Refresh preview
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<Icon name="download" size={15} />}
        disabled={rows.length === 0}
        onClick={() => saveCsv("to-be-revoked", CERTIFICATE_COLUMNS, rows)}
      >
        Download CSV
      </Button>
    </Group>
  );
}

function countInWords(count: number, isComplete: boolean): string {
  if (count === 0) return isComplete ? "" : "Searching…";
  const words = counted(count, "certificates");
  return isComplete ? `${words} would be revoked` : `${words} so far…`;
}
