import { ActionIcon, UnstyledButton } from "@mantine/core";

import { Icon } from "../../components/Icon";
import classes from "./SearchButton.module.css";

const KEYS = "Control+K Meta+K";

/** As the field that it leads to. */
export function SearchButton({ onOpen }: { onOpen: () => void }) {
  return (
    <UnstyledButton className={classes.box} onClick={onOpen} aria-haspopup="dialog" aria-keyshortcuts={KEYS}>
      <Icon name="search" size={15} />
      <span className={classes.word}>Search</span>
      <kbd className={classes.key} aria-hidden>
        {isMac() ? "⌘K" : "Ctrl K"}
      </kbd>
    </UnstyledButton>
  );
}

export function SearchIcon({ onOpen }: { onOpen: () => void }) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      onClick={onOpen}
      aria-haspopup="dialog"
      aria-keyshortcuts={KEYS}
      aria-label="Search"
      className={classes.icon}
    >
      <Icon name="search" />
    </ActionIcon>
  );
}

function isMac(): boolean {
  return navigator.userAgent.includes("Mac");
}
