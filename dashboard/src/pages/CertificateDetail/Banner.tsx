import { Alert, Group, Text } from "@mantine/core";
import type { ReactNode } from "react";

interface BannerProps {
  /** Red is announced at once. */
  color: "red" | "yellow" | "blue";
  title: string;
  children: ReactNode;
  /** What to do next. */
  actions?: ReactNode;
}

/** One thing that is wrong or waits, and its next act. */
export function Banner({ color, title, children, actions }: BannerProps) {
  return (
    <Alert color={color} title={title} role={color === "red" ? "alert" : "status"}>
      <Group justify="space-between" align="center" gap="sm">
        <Text size="sm" component="div" flex="1 1 22rem">
          {children}
        </Text>
        {actions !== undefined && <Group gap="xs">{actions}</Group>}
      </Group>
    </Alert>
  );
}
