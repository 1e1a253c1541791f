import { Alert, List } from "@mantine/core";

import { ApiError, type FieldProblem, messageOf } from "../api/errors";
import { SignInAgain } from "./SignInAgain";
import { fieldLabel, type FieldLabels } from "./words/fieldLabels";

interface RefusalProps {
  error: Error;
  /** Fields that show their own part of it, by their path's beginning. */
  ownFields?: readonly string[];
  /** Of the form's own fields, by path. */
  labels?: FieldLabels;
}

/** Why the API refused: its sentence, and each reason (a name that a policy forbids, and why). */
export function Refusal({ error, ownFields = [], labels = {} }: RefusalProps) {
  const problems = error instanceof ApiError ? error.errors : [];
  const isOwn = (field: string) => ownFields.some((own) => field === own || field.startsWith(`${own}.`));
  const isSaid = problems.length === 1 && problems.some(({ field, message }) => messageOf(error) === `${field}: ${message}`);
  const reasons = isSaid ? [] : problems.filter(({ field }) => !isOwn(field));
  return (
    <Alert color="red" role="alert" title={isSaid ? problems.map((problem) => wordsOf(problem, labels)).join() : messageOf(error)}>
      {error instanceof ApiError && error.needsSignIn && <SignInAgain />}
      {reasons.length > 0 && (
        <List size="sm" aria-label="Reasons">
          {reasons.map((reason) => (
            <List.Item key={`${reason.field} ${reason.message}`}>{wordsOf(reason, labels)}</List.Item>
          ))}
        </List>
      )}
    </Alert>
  );
}

/** A policy's message names the policy; any other is about its field. */
function wordsOf({ field, message }: FieldProblem, labels: FieldLabels): string {
  return field.startsWith("policies.") || field === "" ? message : `${fieldLabel(field, labels)}: ${message}`;
}
