import { Anchor, Loader, Text } from "@mantine/core";
import { useEffect, useState } from "react";
import { Link } from "react-router";

import type { Notification } from "../../api/notifications";
import { type DeliveryProgress, deliveryOf, followed, MOST_FOLLOWED } from "./consequences";

/** What became of those that were requeued, as far as it is known. */
export function Consequences({ ids }: { ids: readonly string[] }) {
  const { rows, isOver } = useFollowed(ids);
  const unfollowed = Math.max(0, ids.length - MOST_FOLLOWED);
  return (
    <div role="status" aria-label="Result">
      {!isOver && (
        <Text size="sm" c="dimmed" component="div">
          <Loader size={12} /> Waiting for the result
        </Text>
      )}
      {linesOf(rows, isOver).map(({ key, text, to }) => (
        <Text key={key} size="sm" component="div">
          {to === null ? (
            text
          ) : (
            <Anchor component={Link} to={to} inherit>
              {text}
            </Anchor>
          )}
        </Text>
      ))}
      {isOver && unfollowed > 0 && <Text size="sm">{unfollowed.toLocaleString("en")} more: see the list for their results.</Text>}
    </div>
  );
}

function useFollowed(ids: readonly string[]) {
  const [rows, setRows] = useState<readonly Notification[]>([]);
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const aborting = new AbortController();
    const follow = async () => {
      for await (const known of followed(ids, aborting.signal)) if (!aborting.signal.aborted) setRows(known);
      if (!aborting.signal.aborted) setOver(true);
    };
    void follow();
    return () => aborting.abort();
  }, [ids]);
  return { rows, isOver };
}

interface Line {
  key: string;
  text: string;
  /** The list with these. */
  to: string | null;
}

function linesOf(rows: readonly Notification[], isOver: boolean): Line[] {
  const of = (fate: DeliveryProgress) => rows.filter((row) => deliveryOf(row) === fate);
  const count = (fate: DeliveryProgress, words: string, query: string | null): Line[] => {
    const found = of(fate);
    if (found.length === 0) return [];
    const channels = [...new Set(found.map((row) => row.channel_id))].join(", ");
    return [{ key: fate, text: `${found.length} ${words.replace("{}", channels)}`, to: query && `/notifications?${query}` }];
  };
  return [
    ...count("sent", "sent", null),
    ...count("unsent", "not sent: skipped or muted", null),
    ...count("waiting", "waiting for {}, retried automatically", "status=waiting"),
    ...count("dead", "dead again at {}", "tab=dead"),
    ...(isOver ? count("untried", "still queued for {}", "status=waiting") : []),
  ];
}
