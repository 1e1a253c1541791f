import { Code, Text } from "@mantine/core";
import { type ReactNode, use, useState } from "react";

import type { Schema } from "../../api/reference";
import { DocumentContext } from "./DocumentContext";
import classes from "./Reference.module.css";
import { innerOf, limitsOf, resolved, typeInWords } from "./schemas";

/** The fields of an object; those of its own objects open on demand. */
export function Fields({ schema, label }: { schema: Schema; label: string }) {
  const document = use(DocumentContext);
  const { properties = {}, required = [], description } = resolved(document, schema);
  return (
    <>
      {description !== undefined && <Text size="sm">{description}</Text>}
      <dl className={classes.fields} aria-label={label}>
        {Object.entries(properties).map(([name, field]) => (
          <Field key={name} name={name} schema={field} isRequired={required.includes(name)} />
        ))}
      </dl>
    </>
  );
}

interface FieldProps {
  name: string;
  schema: Schema;
  isRequired: boolean;
  /** Beside the name: where a parameter stands. */
  place?: string;
  description?: string | undefined;
}

export function Field({ name, schema, isRequired, place, description = schema.description }: FieldProps) {
  const document = use(DocumentContext);
  const inner = innerOf(document, schema);
  const limits = limitsOf(schema);
  return (
    <div className={classes.field}>
      <dt>
        <Code>{name}</Code>
        <Text span size="xs" c="dimmed">
          {[place, typeInWords(document, schema), isRequired ? "required" : null, limits].filter(Boolean).join(" · ")}
        </Text>
      </dt>
      <dd>
        {description}
        {inner !== null && (
          <Opened summary={`Fields of ${name}`}>
            <Fields schema={inner} label={`Fields of ${name}`} />
          </Opened>
        )}
      </dd>
    </div>
  );
}

/** Its contents are in the document while it is open: schemas may contain themselves. */
export function Opened({ summary, children }: { summary: ReactNode; children: ReactNode }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details open={isOpen} onToggle={({ currentTarget: { open } }) => setOpen(open)}>
      <summary>{summary}</summary>
      {isOpen && children}
    </details>
  );
}
