import { Checkbox } from "@mantine/core";
import { useMemo, useState } from "react";

import type { Certificate } from "../../api/certificates";
import type { Column } from "../../components/DataTable";
import classes from "./Certificates.module.css";

export interface Selection {
  /** Those that are still in the list. */
  ids: readonly string[];
  has: (id: string) => boolean;
  toggle: (id: string) => void;
}

const ENDED = ["Revoked", "Archived"];

/** What can still be revoked. */
export function useSelection(rows: readonly Certificate[]): Selection {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const ids = useMemo(() => rows.filter(({ id, status }) => chosen.has(id) && !ENDED.includes(status)).map(({ id }) => id), [rows, chosen]);
  const toggle = (id: string) =>
    setChosen((before) => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return after;
    });
  return { ids, has: (id) => chosen.has(id), toggle };
}

export function selectColumn({ has, toggle }: Selection): Column<Certificate> {
  return {
    id: "select",
    title: "Select",
    hideTitle: true,
    width: "44px",
    cell: ({ id, name, status }) =>
      ENDED.includes(status) ? null : <Checkbox size="sm" checked={has(id)} onChange={() => toggle(id)} aria-label={`Select ${name}`} className={classes.above ?? ""} />,
  };
}
