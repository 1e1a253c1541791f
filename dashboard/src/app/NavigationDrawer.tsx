import { Drawer } from "@mantine/core";
import { useMounted } from "@mantine/hooks";
import type { ReactNode } from "react";

import { Brand } from "./Brand";
import classes from "./Shell.module.css";

interface NavigationDrawerProps {
  opened: boolean;
  onClose: () => void;
  children: ReactNode;
}

/** The navigation of a narrow window. */
export default function NavigationDrawer({ opened, onClose, children }: NavigationDrawerProps) {
  // A drawer remembers where the focus was when it opens, not when it is mounted open.
  const isMounted = useMounted();
  return (
    <Drawer
      opened={opened && isMounted}
      onClose={onClose}
      size={280}
      title={<Brand />}
      closeButtonProps={{ "aria-label": "Close navigation" }}
      classNames={{ body: classes.drawer ?? "" }}
    >
      {children}
    </Drawer>
  );
}
