import { Anchor, Button, Text } from "@mantine/core";
import { Link } from "react-router";

import { catalogKeys, listCertificatesOfTarget } from "../../../api/catalog";
import { useList } from "../../../api/paging";
import { Failure, Loading } from "../../../components/states";
import { StatusBadge } from "../../../components/StatusBadge";
import classes from "../Catalog.module.css";

/** The certificates that name the target. */
export function TargetCertificates({ id }: { id: string }) {
  const list = useList(catalogKeys.certificates(id), (page) => listCertificatesOfTarget(id, page));
  return (
    <section className={classes.drawerSection} aria-label="Certificates">
      <h3 className={classes.drawerTitle}>Certificates</h3>
      {list.isPending && <Loading label="Reading certificates" />}
      {list.error !== null && list.rows.length === 0 && <Failure error={list.error} what="its certificates" onRetry={() => void list.refetch()} />}
      {list.isSuccess && list.rows.length === 0 && (
        <Text size="sm" c="dimmed">
          None that this key reaches names it.
        </Text>
      )}
      <ul className={classes.links}>
        {list.rows.map(({ id: certificateId, name, status }) => (
          <li key={certificateId}>
            <Anchor component={Link} to={`/certificates/${certificateId}`} inherit>
              {name}
            </Anchor>
            <StatusBadge status={status} />
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <Button mt="sm" size="compact-xs" variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          Load more
        </Button>
      )}
    </section>
  );
}
