import { Table } from "@mantine/core";
import type { ReactNode } from "react";

import classes from "./Authorities.module.css";

interface CaTableProps {
  label: string;
  titles: readonly string[];
  /** Those of the titles whose columns hold numbers. */
  numbers?: readonly string[];
  /** The rows. */
  children: ReactNode;
}

/** A short table of CAs or CRLs, which all fit on the page. */
export function CaTable({ label, titles, numbers = [], children }: CaTableProps) {
  return (
    <div className={classes.scroll}>
      <Table aria-label={label} verticalSpacing="xs" horizontalSpacing="sm" className={classes.table ?? ""}>
        <Table.Thead>
          <Table.Tr>
            {titles.map((title) => (
              <Table.Th key={title} scope="col" data-number={numbers.includes(title) || undefined}>
                {title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </div>
  );
}
