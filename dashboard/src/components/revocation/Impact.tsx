import { List } from "@mantine/core";

/** What an act hits, one line each. Lines that are null are not known yet, or not for this caller. */
export function Impact({ lines }: { lines: readonly (string | null)[] }) {
  return (
    <List size="sm" spacing={4} aria-label="What it hits">
      {lines
        .filter((line) => line !== null)
        .map((line) => (
          <List.Item key={line}>{line}</List.Item>
        ))}
    </List>
  );
}
