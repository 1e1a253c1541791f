import { Button, Group, type ModalProps, Stack, TextInput } from "@mantine/core";
import { type ReactNode, type SubmitEvent, type SyntheticEvent, useState } from "react";

import { FormModal } from "./FormModal";
import { Refusal } from "./Refusal";

interface ConfirmModalProps {
  title: string;
  /** What the button says: the action, never "OK". */
  action: string;
  /** What the other button says, where "Cancel" could be taken for the action. */
  keep?: string;
  opened: boolean;
  onClose: () => void;
  onConfirm: () => void;
  children: ReactNode;
  isBusy: boolean;
  error: Error | null;
  /** Fields that show their own part of a refusal. */
  ownFields?: readonly string[];
  size?: ModalProps["size"];
  isDangerous?: boolean;
  isDisabled?: boolean;
  /** Must be typed before the button works. */
  typed?: string | undefined;
}

/** Asks before an action that cannot be undone; shows why it was refused, and stays open then. What was filled in is not discarded
 *  without a question. */
export function ConfirmModal(props: ConfirmModalProps) {
  return (
    <FormModal opened={props.opened} onClose={props.onClose} title={props.title} size={props.size ?? "md"}>
      <Form {...props} />
    </FormModal>
  );
}

/** The words of a confirmation are nothing to lose. */
const isNotFilled = (event: SyntheticEvent) => event.stopPropagation();

function Form({
  action,
  keep = "Cancel",
  onClose,
  onConfirm,
  children,
  isBusy,
  error,
  ownFields,
  isDangerous,
  isDisabled,
  typed,
}: ConfirmModalProps) {
  const [text, setText] = useState("");
  const isReady = (typed === undefined || text.trim() === typed) && isDisabled !== true;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (isReady) onConfirm();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        {children}
        {typed !== undefined && (
          <TextInput
            label={`Type ${typed} to confirm`}
            value={text}
            onInput={isNotFilled}
            onChange={(event) => {
              isNotFilled(event);
              setText(event.currentTarget.value);
            }}
            autoComplete="off"
            spellCheck={false}
          />
        )}
        {error !== null && <Refusal error={error} ownFields={ownFields ?? []} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {keep}
          </Button>
          <Button type="submit" color={isDangerous ? "red" : "brand"} loading={isBusy} disabled={!isReady}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
