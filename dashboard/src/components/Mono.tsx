import { ActionIcon, CopyButton, Tooltip } from "@mantine/core";

import { Icon } from "./Icon";
import classes from "./Mono.module.css";

interface MonoProps {
  children: string;
  /** Names what is copied: "the fingerprint". No button without it. */
  copies?: string;
}

/** Ids, serials, fingerprints: figures of one width, and a button that copies them. */
export function Mono({ children, copies }: MonoProps) {
  return (
    <span className={classes.mono}>
      <span className={classes.text}>{children}</span>
      {copies !== undefined && <Copy value={children} what={copies} />}
    </span>
  );
}

export function Copy({ value, what }: { value: string; what: string }) {
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? "Copied" : `Copy ${what}`}>
          <ActionIcon variant="subtle" color="gray" size="sm" onClick={copy} aria-label={`Copy ${what}`}>
            <Icon name={copied ? "check" : "copy"} size={14} />
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}
