import { Button, Group, Modal, type ModalProps, Stack, Text } from "@mantine/core";
import { type MouseEvent, useState } from "react";

import { useFirstField } from "./firstField";

/** What is clicked to choose or remove something without typing. */
const CHOICES = "[role=option], .mantine-Pill-remove";

/** A dialog with a form, which opens with the focus in its first field. Escape, a click outside and the cross ask first once something
 *  was filled in; the form's own buttons do not. */
export function FormModal({ onClose, children, closeOnEscape = true, closeOnClickOutside = true, ...rest }: ModalProps) {
  const [isFilled, setFilled] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const firstField = useFirstField();
  const fill = () => setFilled(true);
  const fillByClick = (event: MouseEvent) => {
    if (event.target instanceof Element && event.target.closest(CHOICES) !== null) fill();
  };
  const discard = () => {
    setAsking(false);
    setFilled(false);
    onClose();
  };
  // On the next tick: both dialogs listen on the window, and the question would be closed by the key press that opened it.
  const ask = () => void setTimeout(() => setAsking(true));
  return (
    <>
      <Modal
        {...rest}
        onClose={isFilled ? ask : onClose}
        onExitTransitionEnd={() => setFilled(false)}
        closeOnEscape={closeOnEscape && !isAsking}
        closeOnClickOutside={closeOnClickOutside && !isAsking}
      >
        {/* Events of dropdowns, which are elsewhere in the document, come here too. */}
        <div ref={firstField} onInput={fill} onChange={fill} onClickCapture={fillByClick}>
          {children}
        </div>
      </Modal>
      <Discard isOpen={isAsking} onKeep={() => setAsking(false)} onDiscard={discard} />
    </>
  );
}

interface DiscardProps {
  isOpen: boolean;
  onKeep: () => void;
  onDiscard: () => void;
}

function Discard({ isOpen, onKeep, onDiscard }: DiscardProps) {
  return (
    <Modal opened={isOpen} onClose={onKeep} title="Discard your changes?" size="sm" centered withCloseButton={false}>
      <Stack>
        <Text size="sm">Your changes have not been saved.</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onKeep} data-autofocus>
            Keep editing
          </Button>
          <Button color="red" onClick={onDiscard}>
            Discard changes
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
