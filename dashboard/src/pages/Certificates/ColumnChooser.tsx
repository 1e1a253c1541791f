import { Button, Checkbox, Popover, Stack } from "@mantine/core";

import { Icon } from "../../components/Icon";
import type { ChosenColumns } from "./chosenColumns";
import { CHOICES, DEFAULT_COLUMNS } from "./columns";

/** Which columns the table has: in this browser, and in the address, so that a link shows the same. */
export function ColumnChooser({ chosen: { ids, choose } }: { chosen: ChosenColumns }) {
  return (
    <Popover position="bottom-end" trapFocus returnFocus hideDetached={false}>
      <Popover.Target>
        <Button variant="default" size="compact-sm" rightSection={<Icon name="chevronDown" size={14} />}>
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Checkbox.Group aria-label="Columns" value={[...(ids ?? DEFAULT_COLUMNS)]} onChange={choose}>
          <Stack gap={10}>
            {CHOICES.map(({ id, label }) => (
              <Checkbox key={id} size="xs" value={id} label={label} />
            ))}
          </Stack>
        </Checkbox.Group>
        <Button variant="subtle" size="compact-xs" mt="sm" disabled={ids === null} onClick={() => choose(null)}>
          Default columns
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}
