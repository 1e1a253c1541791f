import { Button, Loader, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";

import type { Notification } from "../../api/notifications";
import { Can } from "../../components/session";
import { RequeueWarnings, useTroubled } from "../../components/ChannelTrouble";
import { ConfirmModal } from "../../components/ConfirmModal";
import { Icon } from "../../components/Icon";
import { useMarkRead, useRequeue } from "./actions";
import { useFocusRows } from "./focusRows";
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

/** Asks first if the channel does not work: the alert would not be sent now. */
function RequeueButton({ row }: { row: Notification }) {
  const requeue = useRequeue();
  const { mutate, isPending } = requeue;
  const [isAsking, asking] = useDisclosure(false);
  const troubled = useTroubled([row.channel_id]);
  const start = () => (troubled.length > 0 ? asking.open() : mutate(row.id));
  return (
    <>
      <Button
        ref={useFocusRows()}
        size="compact-xs"
        variant="light"
        leftSection={isPending ? <Loader size={13} /> : <Icon name="replay" size={13} />}
        // Disabled it would lose the focus.
        aria-busy={isPending}
        onClick={() => !isPending && start()}
        aria-label={`Requeue ${row.subject}`}
      >
        Requeue
      </Button>
      <ConfirmModal
        title="Requeue this alert?"
        action="Requeue"
        opened={isAsking}
        onClose={asking.close}
        onConfirm={() => {
          asking.close();
          mutate(row.id);
        }}
        isBusy={isPending}
        error={null}
      >
        <Text size="sm">{row.subject}</Text>
        <RequeueWarnings channels={troubled} />
      </ConfirmModal>
    </>
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
