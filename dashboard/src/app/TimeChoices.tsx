import { Popover, SegmentedControl, Stack, Text } from "@mantine/core";
import { useDisclosure, useId } from "@mantine/hooks";
import { useEffect, useRef } from "react";

import { TimeButton } from "./TimeButton";
import { type Form, setTimeDisplay, useTimeDisplay, type Zone } from "../components/timeDisplay";

const ZONES: { value: Zone; label: string }[] = [
  { value: "local", label: "Local time" },
  { value: "utc", label: "UTC" },
];

const FORMS: { value: Form; label: string }[] = [
  { value: "relative", label: "Relative" },
  { value: "exact", label: "Exact" },
];

/** Which times the reader wants. It is mounted by a click, and opens at once. */
export default function TimeChoices() {
  const { zone, form } = useTimeDisplay();
  const [isOpen, { open, toggle, close }] = useDisclosure(false);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // The popover gives the focus back to where it was.
    button.current?.focus();
    open();
  }, [open]);
  return (
    <Popover opened={isOpen} onDismiss={close} position="top-end" withArrow trapFocus returnFocus hideDetached={false}>
      <Popover.Target>
        <TimeButton ref={button} onClick={toggle} />
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <Choice label="Time zone" data={ZONES} value={zone} onChange={(value) => setTimeDisplay({ zone: value })} />
          <Choice label="Times in lists" data={FORMS} value={form} onChange={(value) => setTimeDisplay({ form: value })} />
          <Text size="xs" c="dimmed" maw={220}>
            Daily charts always count days in UTC.
          </Text>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

interface ChoiceProps<Value extends string> {
  label: string;
  data: { value: Value; label: string }[];
  value: Value;
  onChange: (value: Value) => void;
}

function Choice<Value extends string>({ label, data, value, onChange }: ChoiceProps<Value>) {
  const id = useId();
  return (
    <div>
      <Text id={id} size="xs" fw={600} mb={4}>
        {label}
      </Text>
      <SegmentedControl aria-labelledby={id} size="xs" fullWidth data={data} value={value} onChange={onChange} />
    </div>
  );
}
