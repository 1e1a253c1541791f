import { Button, Group } from "@mantine/core";
import type { UseMutationResult } from "@tanstack/react-query";

import { Refusal } from "./Refusal";
import type { FieldLabels } from "./words/fieldLabels";

interface FormEndProps {
  mutation: Pick<UseMutationResult<unknown, Error, never>, "error" | "isPending">;
  action: string;
  onCancel: () => void;
  /** Fields that show their own part of a refusal. */
  ownFields?: readonly string[];
  /** Of the form's own fields, by path. */
  labels?: FieldLabels;
}

/** Why the form could not be sent, and its buttons. */
export function FormEnd({ mutation, action, onCancel, ownFields = [], labels = {} }: FormEndProps) {
  return (
    <>
      {mutation.error !== null && <Refusal error={mutation.error} ownFields={ownFields} labels={labels} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" loading={mutation.isPending}>
          {action}
        </Button>
      </Group>
    </>
  );
}
