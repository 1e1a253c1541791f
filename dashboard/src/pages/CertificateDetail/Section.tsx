import type { ReactNode } from "react";

import classes from "./CertificateDetail.module.css";

/** A part of a card, below a line. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className={classes.section}>
      <div className={classes.sectionTitle}>{title}</div>
      {children}
    </div>
  );
}
