import { Alert, Button, Group } from "@mantine/core";
import type { UseMutationResult } from "@tanstack/react-query";

import { messageOf } from "../api/errors";

interface FormEndProps {
  deed: Pick<UseMutationResult<unknown, Error, never>, "error" | "isPending">;
  action: string;
  onCancel: () => void;
}

/** Why the form could not be sent, and its buttons. */
export function FormEnd({ deed, action, onCancel }: FormEndProps) {
  return (
    <>
      {deed.error !== null && (
        <Alert color="red" role="alert">
          {messageOf(deed.error)}
        </Alert>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" loading={deed.isPending}>
          {action}
        </Button>
      </Group>
    </>
  );
}
