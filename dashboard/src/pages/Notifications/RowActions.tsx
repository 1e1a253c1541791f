import { Button, Loader } from "@mantine/core";

import type { Notification } from "../../api/notifications";
import { Can } from "../../components/session";
import { useTroubled } from "../../components/ChannelTrouble";
import { Icon } from "../../components/Icon";
import { useIsRequeuing, useMarkRead, useRequeue } from "./actions";
import { useFocusRows } from "./focusRows";
import classes from "./Notifications.module.css";
import { useOpensQuestion } from "./RequeueQuestion";
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

/** Asks first if the channel does not work: the alert would not be sent now. */
function RequeueButton({ row }: { row: Notification }) {
  const { mutate } = useRequeue();
  const asks = useOpensQuestion();
  const isPending = useIsRequeuing(row.id);
  const troubled = useTroubled([row.channel_id]);
  const start = troubled.length > 0 ? asks(row) : () => mutate(row.id);
  return (
    <Button
      ref={useFocusRows()}
      size="compact-xs"
      variant="light"
      leftSection={isPending ? <Loader size={13} /> : <Icon name="replay" size={13} />}
      // Disabled it would lose the focus.
      aria-busy={isPending}
      onClick={(event) => !isPending && start(event)}
      aria-label={`Requeue ${row.subject}`}
    >
      Requeue
    </Button>
  );
}

function MarkReadButton({ row }: { row: Notification }) {
  const { mutate } = useMarkRead();
  return (
    <Button ref={useFocusRows()} size="compact-xs" variant="default" onClick={() => mutate(row.id)} aria-label={`Mark read ${row.subject}`}>
      Mark read
    </Button>
  );
}
