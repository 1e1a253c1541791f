import { ActionIcon, type ActionIconProps } from "@mantine/core";
import type { ComponentPropsWithRef } from "react";

import { Icon } from "../components/Icon";

export function TimeButton(props: ActionIconProps & ComponentPropsWithRef<"button">) {
  return (
    <ActionIcon {...props} variant="subtle" color="gray" size="lg" aria-label="Time display" title="Time display">
      <Icon name="clock" />
    </ActionIcon>
  );
}
