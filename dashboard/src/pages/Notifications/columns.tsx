import { Checkbox } from "@mantine/core";
import type { ReactNode } from "react";

import type { Notification } from "../../api/notifications";
import { CertificateLink } from "../../components/CertificateLink";
import type { Column } from "../../components/DataTable";
import { Delivery } from "./Delivery";
import type { Item } from "./grouping";
import classes from "./Notifications.module.css";
import { RowActions } from "./RowActions";
import type { Selection } from "./selection";
import { Subject } from "./Subject";
import { mayBeRequeued } from "./words";

type Cell = (row: Notification) => ReactNode;

/** Heads of groups have no cells. */
const ofRow = (cell: Cell) => (item: Item) => (item.kind === "single" ? cell(item.row) : null);
const keyOf = (key: (row: Notification) => string | null) => (item: Item) => (item.kind === "single" ? key(item.row) : null);

const SUBJECT: Column<Item> = { id: "subject", title: "Notification", cell: ofRow((row) => <Subject row={row} />) };

const ONE_FOR_ALL: Column<Item> = {
  id: "subject",
  title: "Notification",
  cell: ofRow((row) => (
    <>
      <Subject row={row} />
      <Delivery row={row} isInline />
      <RowActions row={row} isInline />
    </>
  )),
};

const DELIVERY: Column<Item> = { id: "delivery", title: "Delivery", width: "236px", cell: ofRow((row) => <Delivery row={row} />) };

const CERTIFICATE: Column<Item> = {
  id: "certificate",
  title: "Certificate",
  width: "18%",
  sortBy: keyOf((row) => row.certificate_name ?? row.certificate_id),
  cell: ofRow((row) => <CertificateLink id={row.certificate_id} name={row.certificate_name} className={classes.above} />),
};

const ACTIONS: Column<Item> = {
  id: "actions",
  title: "Actions",
  hideTitle: true,
  align: "right",
  width: "228px",
  cell: ofRow((row) => <RowActions row={row} />),
};

function selectionColumn(selection: Selection): Column<Item> {
  const cell = (row: Notification) =>
    mayBeRequeued(row) && (
      <Checkbox
        size="xs"
        className={classes.above}
        checked={selection.has(row.id)}
        onChange={() => selection.toggle(row.id)}
        aria-label={`Select ${row.subject}`}
      />
    );
  return { id: "select", title: "Select", hideTitle: true, width: "48px", cell: ofRow(cell) };
}

interface Looks {
  isGrouped: boolean;
  isNarrow: boolean;
  /** Null for roles that may not queue again. */
  selection: Selection | null;
}

export function columnsFor({ isGrouped, isNarrow, selection }: Looks): Column<Item>[] {
  const select = selection === null ? [] : [selectionColumn(selection)];
  if (isNarrow) return [...select, ONE_FOR_ALL];
  return [...select, SUBJECT, DELIVERY, ...(isGrouped ? [] : [CERTIFICATE]), ...(selection === null ? [] : [ACTIONS])];
}
