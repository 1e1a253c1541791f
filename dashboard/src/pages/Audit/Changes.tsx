import { Button, Text } from "@mantine/core";
import { useState } from "react";

import classes from "./Audit.module.css";
import type { Change } from "./changes";

/** Before and after in two columns; unchanged fields on demand. */
export function Changes({ changes }: { changes: readonly Change[] }) {
  const [isWhole, setWhole] = useState(false);
  const same = changes.filter((change) => !change.isChanged).length;
  const shown = isWhole ? changes : changes.filter((change) => change.isChanged);
  return (
    <>
      {shown.length === 0 ? (
        <Text size="sm" c="dimmed">
          No field changed.
        </Text>
      ) : (
        <ChangesTable changes={shown} />
      )}
      {same > 0 && (
        <Button variant="subtle" size="compact-sm" mt={8} aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Show changed fields only" : `Show ${same} unchanged`}
        </Button>
      )}
    </>
  );
}

function ChangesTable({ changes }: { changes: readonly Change[] }) {
  return (
    <table className={classes.changes} aria-label="Changes">
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ field, before, after, isChanged }) => (
          <tr key={field}>
            <th scope="row">{field}</th>
            <td>{isChanged && before !== null ? <del>{before}</del> : (before ?? "–")}</td>
            <td>{isChanged && after !== null ? <ins>{after}</ins> : (after ?? "–")}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
