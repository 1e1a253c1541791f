import { VisuallyHidden } from "@mantine/core";
import type { ReactNode } from "react";

import classes from "./charts.module.css";

interface ChartFigureProps {
  /** What one sees in it, in a sentence. */
  summary: string;
  /** The same as the picture, for those who do not see it. */
  columns: readonly string[];
  rows: readonly (readonly (string | number)[])[];
  children: ReactNode;
  /** At least so many pixels; a taller card makes it taller. */
  height: number;
}

/** A picture, and its numbers as a table for screen readers. */
export function ChartFigure({ summary, columns, rows, children, height }: ChartFigureProps) {
  return (
    <figure className={classes.figure} style={{ minHeight: height }}>
      <div aria-hidden className={classes.picture}>
        {children}
      </div>
      <VisuallyHidden>
        <table>
          <caption>{summary}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={String(row[0])}>
                {row.map((value, index) => (
                  <td key={columns[index]}>{value}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </VisuallyHidden>
    </figure>
  );
}
