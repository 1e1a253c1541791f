import type { ReactNode } from "react";

import classes from "./Facts.module.css";

export interface Fact {
  term: string;
  value: ReactNode;
  /** Takes two columns: what would wrap many times in one. */
  isLong?: boolean;
}

/** Terms and values in as many columns as fit. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className={classes.facts}>
      {facts.map(({ term, value, isLong }) => (
        <div key={term} className={classes.fact} data-long={isLong}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
