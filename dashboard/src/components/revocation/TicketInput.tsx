import { TextInput } from "@mantine/core";

import { isTicket } from "./ticket";

interface TicketInputProps {
  value: string;
  onChange: (value: string) => void;
}

/** The number of the ticket that asks for it; not required. */
export function TicketInput({ value, onChange }: TicketInputProps) {
  return (
    <TextInput
      label="Ticket"
      description="Optional. Kept with the revocation and in the audit trail."
      placeholder="INC-4711"
      value={value}
      onChange={(event) => onChange(event.currentTarget.value.trim())}
      error={isTicket(value) ? null : "Up to 128 characters without spaces, the first a letter, a digit or #."}
      autoComplete="off"
      spellCheck={false}
      maxLength={128}
    />
  );
}
