import { Alert, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import type { ReactNode } from "react";

import { Copy } from "./Mono";
import classes from "./OneTimeKey.module.css";

interface OneTimeKeyProps {
  /** Whose key it is. */
  name: string;
  value: string;
  onDone: () => void;
  /** What to do with it. */
  children: ReactNode;
}

/** A key, the one time that it is shown. */
export function OneTimeKey({ name, value, onDone, children }: OneTimeKeyProps) {
  return (
    <Stack>
      <Alert color="yellow" title="Copy it now">
        This is the only time that the key is shown. It is stored nowhere: whoever loses it makes a new one.
      </Alert>
      <TextInput
        label={`Key of ${name}`}
        value={value}
        readOnly
        classNames={{ input: classes.key ?? "" }}
        onFocus={(event) => event.currentTarget.select()}
        rightSection={<Copy value={value} what="the key" />}
      />
      <Text size="sm" c="dimmed">
        {children}
      </Text>
      <Group justify="flex-end">
        <Button onClick={onDone}>I have copied it</Button>
      </Group>
    </Stack>
  );
}
