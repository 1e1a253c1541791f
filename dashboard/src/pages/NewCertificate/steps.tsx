import { Alert, Radio, Stack, TagsInput, TextInput } from "@mantine/core";

import type { Row } from "../../api/catalog";
import type { RecordField } from "../../api/recordFields";
import { type FieldValues, isList } from "../../components/certificateFields";
import { FieldInput } from "../../components/FieldInput";
import { CsrField } from "../../components/pki/CsrField";
import layout from "../../components/layout.module.css";
import { DETAILS, type Draft, type Problems } from "./draft";
import classes from "./NewCertificate.module.css";
import { useDefaults } from "./profile";
import { SubjectFields } from "./SubjectFields";

interface StepProps {
  draft: Draft;
  onChange: (changes: Partial<Draft>) => void;
  problems: Problems;
}

export function RequestStep({ draft, onChange, problems }: StepProps) {
  return (
    <Stack>
      <Radio.Group aria-label="CSR" value={draft.isLater ? "later" : "now"} onChange={(value) => onChange({ isLater: value === "later" })}>
        <div className={layout.fields}>
          <Choice
            value="now"
            isChecked={!draft.isLater}
            label="I have a CSR"
            description="It is checked, and the certificate is issued immediately."
          />
          <Choice
            value="later"
            isChecked={draft.isLater}
            label="Submit the CSR later"
            description="A job waits 24 hours for it, from you or an agent."
          />
        </div>
      </Radio.Group>
      {draft.isLater ? <NoKeys /> : <CsrField value={draft.csr} onChange={(csr) => onChange({ csr })} error={problems.csr_pem} />}
    </Stack>
  );
}

interface ChoiceProps {
  value: string;
  isChecked: boolean;
  label: string;
  description: string;
}

function Choice({ value, isChecked, label, description }: ChoiceProps) {
  return (
    <div className={classes.choice} data-checked={isChecked}>
      <Radio value={value} label={label} description={description} />
    </div>
  );
}

function NoKeys() {
  return (
    <Alert color="blue" title="Why certctl does not generate keys">
      certctl holds no private keys. The user of the certificate generates the key, keeps it, and submits a CSR that was created with it. A
      leak here cannot reveal a key.
    </Alert>
  );
}

export function NamesStep({ draft, onChange, problems }: StepProps) {
  return (
    <Stack>
      <TextInput
        label="Common name"
        placeholder="shop.example.com"
        value={draft.common_name}
        onChange={(event) => onChange({ common_name: event.currentTarget.value })}
        error={problems.common_name}
        spellCheck={false}
        required
      />
      <TagsInput
        label="Subject alternative names"
        description="DNS names, IP addresses, email addresses and URIs. Press Enter or a comma after each."
        value={draft.sans}
        onChange={(sans) => onChange({ sans })}
        splitChars={[",", " ", "\n"]}
        acceptValueOnBlur
        error={problems.sans}
        clearable
        clearButtonProps={{ "aria-label": "Clear subject alternative names" }}
      />
    </Stack>
  );
}

interface DetailsStepProps extends StepProps {
  profile: Row<"profiles"> | undefined;
}

const OTHERS = DETAILS.filter(({ name }) => name !== "subject");

/** What the API takes without a choice is shown by name, as a choice that is made already. */
export function DetailsStep({ draft: { common_name, details }, onChange, problems, profile }: DetailsStepProps) {
  const defaultOf = useDefaults();
  const change = (changes: FieldValues) => onChange({ details: { ...details, ...changes } });
  const input = (field: RecordField) => {
    const value = details[field.name] ?? "";
    const fallback = defaultOf(field.name);
    return (
      <FieldInput
        key={field.name}
        field={field}
        value={value === "" ? fallback : value}
        onChange={(chosen) => change({ [field.name]: chosen === fallback ? "" : chosen })}
        error={problems[field.name]}
        placeholder={field.name === "name" ? common_name : (field.placeholder ?? undefined)}
        required={field.fallback !== null}
      />
    );
  };
  return (
    <Stack>
      <div className={layout.fields}>{OTHERS.filter((field) => !isList(field)).map(input)}</div>
      {profile !== undefined && <SubjectFields rules={profile.subject} details={details} onChange={change} problems={problems} />}
      {OTHERS.filter(isList).map(input)}
    </Stack>
  );
}
