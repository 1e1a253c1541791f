import type { Readiness } from "../../api/inventoryReports";
import type { CsvColumns } from "../../components/certificateCsv";

type Counts = Pick<Readiness["rows"][number], "managed" | "program" | "nobody">;

interface Line extends Counts {
  row: string;
  count: number;
}

export const READINESS_COLUMNS: CsvColumns<Line> = {
  row: ({ row }) => row,
  count: ({ count }) => count,
  managed: ({ managed }) => managed,
  program: ({ program }) => program,
  nobody: ({ nobody }) => nobody,
};

/** Traits by their names in the API, then renewals a year: "renewals_47_days". */
export function linesOf({ rows, renewals }: Readiness): Line[] {
  return [
    ...rows.map(({ trait, certificates, ...counts }) => ({ row: trait, count: certificates, ...counts })),
    ...renewals.map(({ limit_days, a_year, ...counts }) => {
      return { row: limit_days === null ? "renewals_today" : `renewals_${limit_days}_days`, count: a_year, ...counts };
    }),
  ];
}
