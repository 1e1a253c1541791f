import { Button, Loader } from "@mantine/core";

import type { Notification } from "../../api/notifications";
import { Can } from "../../app/session";
import { Icon } from "../../components/Icon";
import { useMarkRead, useRequeue } from "./actions";
import { useFocusHeir } from "./focusHeir";
import classes from "./Notifications.module.css";
import { mayBeRequeued } from "./words";

interface RowActionsProps {
  row: Notification;
  isInline?: boolean;
}

export function RowActions({ row, isInline }: RowActionsProps) {
  return (
    <Can permission="notifications:write">
      <div className={classes.actions} data-inline={isInline}>
        {mayBeRequeued(row) && <RequeueButton row={row} />}
        {row.read_at === null && <MarkReadButton row={row} />}
      </div>
    </Can>
  );
}

function RequeueButton({ row }: { row: Notification }) {
  const { mutate, isPending } = useRequeue();
  return (
    <Button
      ref={useFocusHeir()}
      size="compact-xs"
      variant="light"
      leftSection={isPending ? <Loader size={13} /> : <Icon name="replay" size={13} />}
      // Disabled it would lose the focus.
      aria-busy={isPending}
      onClick={() => !isPending && mutate(row.id)}
      aria-label={`Requeue ${row.subject}`}
    >
      Requeue
    </Button>
  );
}

function MarkReadButton({ row }: { row: Notification }) {
  const { mutate } = useMarkRead();
  return (
    <Button
      ref={useFocusHeir()}
      size="compact-xs"
      variant="default"
      onClick={() => mutate(row.id)}
      aria-label={`Mark read ${row.subject}`}
    >
      Mark read
    </Button>
  );
}
