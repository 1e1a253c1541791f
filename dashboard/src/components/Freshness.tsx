import { ActionIcon, Text } from "@mantine/core";

import classes from "./Freshness.module.css";
import { Icon } from "./Icon";
import { useNow } from "./now";
import { useIsRefreshing, useRefresh, useShownSince } from "./shown";
import { clockTime } from "./Time";
import { useTimeZone } from "./timeDisplay";

const STEP_MS = 1_000;
/** No page polls so rarely: who is shown this reads old data. */
const LATE_MS = 150_000;

/** "just now", "12 s ago", "3 min ago", "5 h ago", "2 d ago". */
export function ageInWords(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 3) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3_600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** How old the page's data is, and the button that reads all of it again; nothing on a page that shows no such data. */
export function Freshness() {
  const since = useShownSince();
  const now = useNow(STEP_MS);
  const timeZone = useTimeZone();
  if (since === null) return null;
  const age = now - since;
  return (
    <div className={classes.freshness}>
      <Text size="xs" className={classes.age} data-late={age > LATE_MS} title={clockTime(since, timeZone)}>
        Updated {ageInWords(age)}
      </Text>
      <RefreshButton />
    </div>
  );
}

function RefreshButton() {
  const isBusy = useIsRefreshing();
  const refresh = useRefresh();
  return (
    <ActionIcon
      variant="default"
      size={36}
      aria-label="Refresh"
      title="Refresh"
      aria-busy={isBusy}
      className={classes.button}
      onClick={refresh}
    >
      <Icon name="refresh" size={16} />
    </ActionIcon>
  );
}
