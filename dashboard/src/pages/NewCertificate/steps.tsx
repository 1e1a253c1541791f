import { Alert, Radio, Select, Stack, TagsInput, TextInput } from "@mantine/core";

import { CsrField } from "../../components/pki/CsrField";
import layout from "../../components/layout.module.css";
import { PROFILES } from "../Certificates/profiles";
import type { Draft, Problems } from "./draft";
import classes from "./NewCertificate.module.css";

interface StepProps {
  draft: Draft;
  onChange: (changes: Partial<Draft>) => void;
  problems: Problems;
}

export function RequestStep({ draft, onChange, problems }: StepProps) {
  return (
    <Stack>
      <Radio.Group
        aria-label="Signing request"
        value={draft.isLater ? "later" : "now"}
        onChange={(value) => onChange({ isLater: value === "later" })}
      >
        <div className={layout.fields}>
          <Choice value="now" isChecked={!draft.isLater} label="I have a request" description="It is checked and the certificate issued at once." />
          <Choice value="later" isChecked={draft.isLater} label="The request comes later" description="A job waits 24 hours for it, from you or from an agent." />
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
    <Alert color="blue" title="Why there is no “make me a key”">
      certctl holds no private keys. Whoever uses the certificate makes the key, keeps it, and sends the request that
      was made with it. So a leak here can reveal no key.
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
        label="Other names"
        description="DNS names, addresses, e-mail addresses and URIs. Enter or a comma ends one."
        value={draft.sans}
        onChange={(sans) => onChange({ sans })}
        splitChars={[",", " ", "\n"]}
        acceptValueOnBlur
        error={problems.sans}
        clearable
        clearButtonProps={{ "aria-label": "Clear other names" }}
      />
    </Stack>
  );
}

type TextField = "name" | "environment" | "team_id" | "owner_id" | "issuer_id";

const TEXT_FIELDS: readonly { field: TextField; label: string; fallback: (draft: Draft) => string }[] = [
  { field: "name", label: "Name", fallback: (draft) => draft.common_name },
  { field: "environment", label: "Environment", fallback: () => "production" },
  { field: "team_id", label: "Team", fallback: () => "t-default" },
  { field: "owner_id", label: "Owner", fallback: () => "o-default" },
  { field: "issuer_id", label: "Issuer", fallback: () => "iss-local" },
];

export function DetailsStep({ draft, onChange, problems }: StepProps) {
  return (
    <Stack>
      <div className={layout.fields}>
        {TEXT_FIELDS.map(({ field, label, fallback }) => (
          <TextInput
            key={field}
            label={label}
            placeholder={fallback(draft)}
            value={draft[field]}
            onChange={(event) => onChange({ [field]: event.currentTarget.value })}
            error={problems[field]}
          />
        ))}
        <Select
          label="Profile"
          placeholder="Server (TLS server)"
          data={[...PROFILES]}
          value={draft.certificate_profile_id}
          onChange={(value) => onChange({ certificate_profile_id: value })}
          error={problems.certificate_profile_id}
        />
      </div>
      <TagsInput
        label="Tags"
        description="key=value"
        value={draft.tags}
        onChange={(tags) => onChange({ tags })}
        acceptValueOnBlur
        error={problems.tags}
      />
    </Stack>
  );
}
