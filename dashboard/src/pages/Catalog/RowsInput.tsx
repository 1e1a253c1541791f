import { ActionIcon, Button, Input, Tooltip } from "@mantine/core";
import type { ReactNode } from "react";

import { Icon } from "../../components/Icon";
import classes from "./Catalog.module.css";

interface RowsInputProps {
  label: string;
  hint: string | undefined;
  error: string | undefined;
  /** The label of the button. */
  add: string;
  /** Undefined while nothing is left to add. */
  onAdd: (() => void) | undefined;
  children: ReactNode;
}

/** Rows of inputs that are one field, and a button that adds a row. */
export function RowsInput({ label, hint, error, add, onAdd, children }: RowsInputProps) {
  return (
    <fieldset className={`${classes.section} ${classes.rows}`}>
      <legend>{label}</legend>
      {hint !== undefined && <p className={classes.sectionHint}>{hint}</p>}
      {children}
      {error !== undefined && <Input.Error data-error>{error}</Input.Error>}
      <Button size="xs" variant="default" leftSection={<Icon name="plus" size={14} />} onClick={onAdd} disabled={onAdd === undefined}>
        {add}
      </Button>
    </fieldset>
  );
}

/** Removes its row; `what` names the row to screen readers. */
export function RemoveRow({ what, onRemove }: { what: string; onRemove: () => void }) {
  return (
    <Tooltip label="Remove">
      <ActionIcon variant="subtle" color="red" size="lg" onClick={onRemove} aria-label={`Remove the ${what}`}>
        <Icon name="trash" size={16} />
      </ActionIcon>
    </Tooltip>
  );
}
