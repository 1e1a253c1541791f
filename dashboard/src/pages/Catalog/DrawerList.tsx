import { Button, Text } from "@mantine/core";
import type { ReactNode } from "react";

import type { List } from "../../api/paging";
import { Failure, Loading } from "../../components/states";
import classes from "./Catalog.module.css";

interface DrawerListProps<Row> {
  title: string;
  list: List<Row>;
  none: string;
  /** Beside the title. */
  action?: ReactNode;
  children: ReactNode;
}

/** A list of links in the drawer. */
export function DrawerList<Row>({ title, list, none, action, children }: DrawerListProps<Row>) {
  return (
    <section className={classes.drawerSection} aria-label={title}>
      <div className={classes.drawerHead}>
        <h3 className={classes.drawerTitle}>{title}</h3>
        {action}
      </div>
      {list.isLoading && <Loading label={`Loading ${title.toLowerCase()}`} />}
      {list.error !== null && list.rows.length === 0 && (
        <Failure error={list.error} what={`its ${title.toLowerCase()}`} onRetry={() => void list.refetch()} />
      )}
      {list.isSuccess && list.rows.length === 0 && (
        <Text size="sm" c="dimmed">
          {none}
        </Text>
      )}
      <ul className={classes.links}>{children}</ul>
      {list.hasNextPage && (
        <Button mt="sm" size="compact-xs" variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          Load more
        </Button>
      )}
    </section>
  );
}
