import { ActionIcon, Popover, SegmentedControl, Stack, Text } from "@mantine/core";
import { useId } from "@mantine/hooks";

import { Icon } from "../components/Icon";
import { type Form, setTimeDisplay, useTimeDisplay, type Zone } from "../components/timeDisplay";

const ZONES: { value: Zone; label: string }[] = [
  { value: "local", label: "Local time" },
  { value: "utc", label: "UTC" },
];

const FORMS: { value: Form; label: string }[] = [
  { value: "relative", label: "Relative" },
  { value: "exact", label: "Exact" },
];

/** Which times the reader wants; without it nobody on a touch screen sees what is in a title. */
export function TimeSwitch() {
  const { zone, form } = useTimeDisplay();
  return (
    <Popover position="top-end" withArrow trapFocus returnFocus hideDetached={false}>
      <Popover.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Time display" title="Time display">
          <Icon name="clock" />
        </ActionIcon>
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
