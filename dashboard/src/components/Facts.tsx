import type { ReactNode } from "react";

import classes from "./Facts.module.css";

export interface Fact {
  term: string;
  value: ReactNode;
}

/** Terms and values in as many columns as fit. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className={classes.facts}>
      {facts.map(({ term, value }) => (
        <div key={term} className={classes.fact}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
