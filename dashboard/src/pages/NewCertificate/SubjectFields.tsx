import { Text, TextInput } from "@mantine/core";

import type { FieldValues } from "../../components/certificateFields";
import layout from "../../components/layout.module.css";
import { allowedIn, fixedIn, type SubjectEntry, type SubjectRules, subjectTexts } from "../../components/pki/subject";
import { type Problems, subjectOf } from "./draft";
import classes from "./NewCertificate.module.css";

interface SubjectFieldsProps {
  rules: SubjectRules;
  details: FieldValues;
  onChange: (changes: FieldValues) => void;
  problems: Problems;
}

/** The subject beside the common name: an input for each value that the profile allows, and those that it sets. */
export function SubjectFields({ rules, details, onChange, problems }: SubjectFieldsProps) {
  const subject = subjectOf(details);
  const allowed = allowedIn(rules);
  const fixed = fixedIn(rules);
  const dropped = Object.keys(subject).filter((attribute) => rules[attribute] === undefined);
  if (allowed.length + fixed.length + dropped.length === 0) return null;
  const input = ({ attribute, label, text }: SubjectEntry) => (
    <TextInput
      key={attribute}
      label={`${label} (${attribute})`}
      description={`The profile allows: ${text}`}
      value={subject[attribute] ?? ""}
      onChange={(event) => onChange({ subject: subjectTexts({ ...subject, [attribute]: event.currentTarget.value }) })}
      error={problems[`subject.${attribute}`]}
      autoComplete="off"
      spellCheck={false}
    />
  );
  return (
    <fieldset className={classes.subject}>
      <legend>Subject</legend>
      {fixed.length > 0 && (
        <Text size="sm">Set by the profile: {fixed.map(({ attribute, text }) => `${attribute}=${text}`).join(", ")}</Text>
      )}
      {allowed.length > 0 && <div className={layout.fields}>{allowed.map(input)}</div>}
      {dropped.length > 0 && (
        <Text size="sm" c="dimmed">
          In the CSR, but not in the certificate, because the profile does not allow it: {dropped.join(", ")}
        </Text>
      )}
    </fieldset>
  );
}
