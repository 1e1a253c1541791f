import { Button, Text, Textarea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { type CatalogKind, catalogKeys, deleteRecord, getRecord, retireAgent, type Row } from "../../api/catalog";
import { ApiError } from "../../api/errors";
import { ConfirmModal } from "../../components/ConfirmModal";
import { Icon } from "../../components/Icon";
import { VersionConflict } from "../../components/VersionConflict";
import classes from "./Catalog.module.css";
import type { Description } from "./kind";
import { RecordModal } from "./RecordModal";
import { useMayWrite } from "./useRecords";

interface RecordActionsProps<Kind extends CatalogKind> {
  of: Description<Kind>;
  row: Row<Kind>;
  onDeleted: () => void;
}

/** What this key may do with the record. */
export function RecordActions<Kind extends CatalogKind>({ of, row, onDeleted }: RecordActionsProps<Kind>) {
  const [open, setOpen] = useState<"edit" | "delete" | null>(null);
  const mayWrite = useMayWrite(of, row);
  const close = () => setOpen(null);
  if (!mayWrite) return null;
  return (
    <div className={classes.actions}>
      <Button size="xs" variant="default" leftSection={<Icon name="pencil" size={14} />} onClick={() => setOpen("edit")}>
        Edit
      </Button>
      {of.Switch !== undefined && <of.Switch row={row} />}
      {of.builtIns?.includes(row.id) !== true && (
        <Button size="xs" variant="subtle" color="red" leftSection={<Icon name="trash" size={14} />} onClick={() => setOpen("delete")}>
          Delete
        </Button>
      )}
      <RecordModal of={of} row={row} opened={open === "edit"} onClose={close} />
      {open === "delete" && <DeleteModal of={of} row={row} onDeleted={onDeleted} onClose={close} />}
    </div>
  );
}

interface DeleteModalProps<Kind extends CatalogKind> extends RecordActionsProps<Kind> {
  onClose: () => void;
}

function DeleteModal<Kind extends CatalogKind>({ of, row: before, onDeleted, onClose }: DeleteModalProps<Kind>) {
  const queries = useQueryClient();
  const [isForced, force] = useDisclosure(false);
  const [reason, setReason] = useState("");
  const [row, setRow] = useState(before);
  /** Unchanged stored, after a refusal. */
  const [stored, setStored] = useState<Row<Kind> | null>(null);
  const mutation = useMutation({
    mutationFn: () => (isForced ? retireAgent(row.id, row.version, reason.trim()) : deleteRecord(of.kind, row.id, row.version)),
    onSuccess: onDeleted,
    onError: async (error) => setStored(isConflict(error) ? await getRecord(of.kind, row.id).catch(() => null) : null),
    onSettled: () => queries.invalidateQueries({ queryKey: [of.kind, "list"] }),
  });
  const hasChanged = stored !== null && stored.version !== row.version;
  const isInUse = isConflict(mutation.error) && stored !== null && !hasChanged;
  const reload = () => {
    mutation.reset();
    setRow(stored ?? row);
    queries.setQueryData(catalogKeys.one(of.kind, row.id), stored ?? row);
  };
  const retry = () => {
    mutation.reset();
    force.open();
  };
  return (
    <ConfirmModal
      title={`Delete ${row.name}?`}
      action={isForced ? "Delete anyway" : `Delete ${of.one}`}
      opened
      onClose={onClose}
      onConfirm={() => mutation.mutate()}
      isBusy={mutation.isPending}
      error={hasChanged ? null : mutation.error}
      isDangerous
      isDisabled={hasChanged || (isForced && reason.trim() === "")}
    >
      <Text size="sm">{of.deletion}</Text>
      {isForced && (
        <Textarea
          label="Reason"
          description="It is removed from the targets that refer to it (at most 20). The reason is recorded in the audit trail."
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          required
        />
      )}
      {hasChanged && <VersionConflict version={stored.version} lost="it was not deleted" onReload={reload} />}
      {isInUse && (
        <Text size="sm" c="dimmed">
          First change or delete everything that refers to it, including archived certificates.
        </Text>
      )}
      {isInUse && of.kind === "agents" && !isForced && (
        <Button size="xs" variant="default" onClick={retry}>
          Remove it from its targets
        </Button>
      )}
    </ConfirmModal>
  );
}

function isConflict(error: Error | null): boolean {
  return error instanceof ApiError && error.status === 409;
}
