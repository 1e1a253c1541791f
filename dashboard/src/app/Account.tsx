import { ActionIcon, Text } from "@mantine/core";

import { Icon } from "../components/Icon";
import classes from "./Account.module.css";
import { ColorScheme } from "../components/ColorScheme";
import { useSession } from "../components/session";
import { TimeSwitch } from "./TimeSwitch";

/** Who is signed in, what they may do, and the way out. */
export function Account({ onShortcuts }: { onShortcuts: () => void }) {
  const { name, role, signOut } = useSession();
  return (
    <div className={classes.account}>
      <ColorScheme />
      <div className={classes.person}>
        <Text size="sm" fw={600} className={classes.name}>
          {name}
        </Text>
        <Text size="xs" c="dimmed" className={classes.role}>
          Role: {role}
        </Text>
        <div className={classes.buttons}>
          <TimeSwitch />
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            onClick={onShortcuts}
            aria-label="Keyboard shortcuts"
            title="Keyboard shortcuts"
          >
            <Icon name="keyboard" />
          </ActionIcon>
          <ActionIcon variant="subtle" color="gray" size="lg" onClick={signOut} aria-label="Sign out" title="Sign out">
            <Icon name="signOut" />
          </ActionIcon>
        </div>
      </div>
    </div>
  );
}
