import { Button, Text } from "@mantine/core";

import { useAddress } from "../../components/address";
import classes from "./Notifications.module.css";

interface PagerProps {
  id: string;
  order: readonly string[];
}

/** The next and the previous one of the list behind the drawer; the keys are those of lists (app/shortcuts). */
export function Pager({ id, order }: PagerProps) {
  const { set } = useAddress();
  const place = order.indexOf(id);
  const go = (to: number) => {
    const other = order[to];
    if (place !== -1 && other !== undefined) set({ open: other });
  };
  if (place === -1 || order.length < 2) return null;
  return (
    <div className={classes.pager}>
      <Text size="xs" c="dimmed">
        {(place + 1).toLocaleString("en")} of {order.length.toLocaleString("en")} in the list
      </Text>
      <Button.Group>
        <Button size="compact-xs" variant="default" disabled={place === 0} onClick={() => go(place - 1)} aria-keyshortcuts="k" title="K">
          Previous
        </Button>
        <Button
          size="compact-xs"
          variant="default"
          disabled={place === order.length - 1}
          onClick={() => go(place + 1)}
          aria-keyshortcuts="j"
          title="J"
        >
          Next
        </Button>
      </Button.Group>
    </div>
  );
}
