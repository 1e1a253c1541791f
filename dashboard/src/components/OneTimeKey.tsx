import { Alert, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import type { ReactNode } from "react";

import { Copy } from "./Mono";
import classes from "./OneTimeKey.module.css";

interface OneTimeKeyProps {
  /** Whose it is. */
  name: string;
  value: string;
  what?: "key" | "token" | "code";
  onDone: () => void;
  /** What to do with it. */
  children: ReactNode;
}

const LABELS = { key: "Key of", token: "Token for", code: "Code for" };

/** A key, token or code, the one time that it is shown. */
export function OneTimeKey({ name, value, what = "key", onDone, children }: OneTimeKeyProps) {
  return (
    <Stack>
      <Alert color="yellow" title="Copy it now">
        This is the only time that the {what} is shown. It is not stored: if you lose it, create a new one.
      </Alert>
      <TextInput
        label={`${LABELS[what]} ${name}`}
        value={value}
        readOnly
        classNames={{ input: classes.key ?? "" }}
        onFocus={(event) => event.currentTarget.select()}
        rightSection={<Copy value={value} what={`the ${what}`} />}
      />
      <Text size="sm" c="dimmed" component="div">
        {children}
      </Text>
      <Group justify="flex-end">
        <Button onClick={onDone}>I have copied it</Button>
      </Group>
    </Stack>
  );
}
