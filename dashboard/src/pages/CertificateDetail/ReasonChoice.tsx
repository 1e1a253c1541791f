import { Radio, Stack } from "@mantine/core";

import type { Reason } from "./reasons";

interface ReasonChoiceProps {
  reasons: readonly Reason[];
  value: string | null;
  onChange: (value: string) => void;
}

export function ReasonChoice({ reasons, value, onChange }: ReasonChoiceProps) {
  return (
    <Radio.Group label="Reason" value={value} onChange={onChange} required withAsterisk={false}>
      <Stack gap="sm" mt="xs">
        {reasons.map(({ value: each, label, description }, index) => (
          <Radio key={each} value={each} label={label} description={description} data-autofocus={index === 0 || undefined} />
        ))}
      </Stack>
    </Radio.Group>
  );
}
