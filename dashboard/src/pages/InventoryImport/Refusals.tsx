import { Text } from "@mantine/core";

import classes from "./InventoryImport.module.css";
import type { Problem } from "./useFiles";

const MOST_SHOWN = 200;

/** What was not taken, and why; file names are text that strangers may have written. */
export function Refusals({ title, problems }: { title: string; problems: readonly Problem[] }) {
  if (problems.length === 0) return null;
  return (
    <section aria-label={title}>
      <Text size="sm" fw={600} mb={6}>
        {title}: {problems.length.toLocaleString("en")}
      </Text>
      <ul className={classes.refusals}>
        {problems.slice(0, MOST_SHOWN).map(({ place, reason }, index) => (
          <li key={`${index} ${place}`}>
            <bdi>{place}</bdi>: {reason}
          </li>
        ))}
        {problems.length > MOST_SHOWN && <li>and {(problems.length - MOST_SHOWN).toLocaleString("en")} more</li>}
      </ul>
    </section>
  );
}
