import { Text } from "@mantine/core";
import { createContext, type ReactNode, use, useState } from "react";

import type { Notification } from "../../api/notifications";
import { RequeueWarnings, useTroubled } from "../../components/ChannelTrouble";
import { ConfirmModal } from "../../components/ConfirmModal";
import { useDialog } from "../../components/dialog";
import { useRequeue } from "./actions";

type Opens = (row: Notification) => (event: { currentTarget: HTMLElement }) => void;

const OpensQuestion = createContext<Opens>(() => () => undefined);

/** A button's `onClick` that asks whether to requeue an alert whose channel does not work. */
export function useOpensQuestion(): Opens {
  return use(OpensQuestion);
}

/** The question stands outside of the rows, which come and go with each poll, filter and scroll: only an answer closes it. */
export function RequeueQuestion({ children }: { children: ReactNode }) {
  const { open, opens, close } = useDialog<"question">();
  const [row, setRow] = useState<Notification | null>(null);
  const opensFor: Opens = (about) => (event) => {
    setRow(about);
    opens("question")(event);
  };
  return (
    <OpensQuestion value={opensFor}>
      {children}
      {open !== null && row !== null && <Question row={row} onClose={close} />}
    </OpensQuestion>
  );
}

function Question({ row, onClose }: { row: Notification; onClose: () => void }) {
  const { mutate, isPending } = useRequeue();
  const troubled = useTroubled([row.channel_id]);
  const confirm = () => {
    onClose();
    mutate(row.id);
  };
  return (
    <ConfirmModal title="Requeue this alert?" action="Requeue" opened onClose={onClose} onConfirm={confirm} isBusy={isPending} error={null}>
      <Text size="sm">{row.subject}</Text>
      <RequeueWarnings channels={troubled} />
    </ConfirmModal>
  );
}
