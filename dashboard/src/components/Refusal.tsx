import { Alert, List } from "@mantine/core";

import { ApiError, type FieldProblem, messageOf } from "../api/errors";

interface RefusalProps {
  error: Error;
  /** Fields that show their own part of it. */
  ownFields?: readonly string[];
}

/** Why the API refused: its sentence, and each reason (a name that a policy forbids, and why). */
export function Refusal({ error, ownFields = [] }: RefusalProps) {
  const reasons = (error instanceof ApiError ? error.errors : []).filter(({ field }) => !ownFields.includes(field.split(".")[0] ?? field));
  return (
    <Alert color="red" role="alert" title={messageOf(error)}>
      {reasons.length > 0 && (
        <List size="sm" aria-label="Reasons">
          {reasons.map((reason) => (
            <List.Item key={`${reason.field} ${reason.message}`}>{wordsOf(reason)}</List.Item>
          ))}
        </List>
      )}
    </Alert>
  );
}

/** A policy's message names the policy; any other is about its field. */
function wordsOf({ field, message }: FieldProblem): string {
  return field.startsWith("policies.") || field === "" ? message : `${field}: ${message}`;
}
