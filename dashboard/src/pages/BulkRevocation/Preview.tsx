import { Anchor, Button, Text } from "@mantine/core";
import { useEffect } from "react";
import { Link } from "react-router";

import { previewRevocation } from "../../api/bulkRevocation";
import { useList } from "../../api/paging";
import { Card } from "../../components/Card";
import { useCertificateName } from "../../components/CertificateName";
import { Empty, Failure, Loading } from "../../components/states";
import classes from "./BulkRevocation.module.css";
import type { Choice } from "./choice";

/** The names of so many are read; the others are counted. */
const SHOWN = 20;
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
  return { ...list, ids: list.rows, isComplete: list.isSuccess && !hasNextPage };
}

export function Preview({ preview }: { preview: ReturnType<typeof usePreview> }) {
  const { ids, isPending, error, isComplete, isFetchNextPageError, refetch, fetchNextPage } = preview;
  const retry = () => void (isFetchNextPageError ? fetchNextPage() : refetch());
  return (
    <Card title="What would be revoked" description="A dry run: nothing has happened yet.">
      <Text fw={600} role="status">
        {isPending ? "" : countInWords(ids.length, isComplete)}
      </Text>
      {isPending && <Loading label="Looking for them" />}
      {error !== null && <Failure error={error} what="all of them" onRetry={retry} />}
      {isComplete && ids.length === 0 && (
        <Empty title="Nothing would be revoked" icon="check">
          None matches, or all that match are revoked or archived already.
        </Empty>
      )}
      <ul className={classes.names} aria-label="Certificates">
        {ids.slice(0, SHOWN).map((id) => (
          <Name key={id} id={id} />
        ))}
      </ul>
      {ids.length > SHOWN && (
        <Text size="sm" c="dimmed" mt="xs">
          and {(ids.length - SHOWN).toLocaleString("en")} more
        </Text>
      )}
      {isComplete && (
        <Button mt="sm" size="compact-sm" variant="default" className={classes.again ?? ""} onClick={() => void refetch()}>
          Look again
        </Button>
      )}
    </Card>
  );
}

function countInWords(count: number, isComplete: boolean): string {
  if (count === 0) return isComplete ? "" : "Looking for them…";
  const words = count === 1 ? "1 certificate" : `${count.toLocaleString("en")} certificates`;
  return isComplete ? `${words} would be revoked` : `${words} so far…`;
}

function Name({ id }: { id: string }) {
  const name = useCertificateName(id);
  return (
    <li>
      <Anchor component={Link} to={`/certificates/${id}`} size="sm" title={id}>
        {name}
      </Anchor>
    </li>
  );
}
