import { Alert, Radio, Stack, TagsInput, TextInput } from "@mantine/core";

import type { CatalogKind } from "../../api/catalog";
import { CatalogMultiSelect, CatalogSelect } from "../../components/catalog/CatalogSelect";
import { useSession } from "../../components/session";
import { CsrField } from "../../components/pki/CsrField";
import layout from "../../components/layout.module.css";
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

type RecordField = "team_id" | "owner_id" | "issuer_id" | "profile_id" | "renewal_policy_id";

const RECORD_FIELDS: readonly { field: RecordField; kind: CatalogKind; label: string; fallback: string }[] = [
  { field: "team_id", kind: "teams", label: "Team", fallback: "t-default" },
  { field: "owner_id", kind: "owners", label: "Owner", fallback: "o-default" },
  { field: "issuer_id", kind: "issuers", label: "Issuer", fallback: "iss-local" },
  { field: "profile_id", kind: "profiles", label: "Profile", fallback: "server" },
  { field: "renewal_policy_id", kind: "renewal-policies", label: "Renewal policy", fallback: "rp-default" },
];

/** What the API takes without a choice (domain/certificates/requests.py): shown by name, as a choice that is made already. */
function useDefaults(): Record<RecordField, string> {
  const { teams } = useSession();
  const [first] = teams === "*" ? [] : teams;
  const fallbacks = Object.fromEntries(RECORD_FIELDS.map(({ field, fallback }) => [field, fallback])) as Record<RecordField, string>;
  return { ...fallbacks, ...(first !== undefined && { team_id: first }) };
}

export function DetailsStep({ draft, onChange, problems }: StepProps) {
  const defaults = useDefaults();
  return (
    <Stack>
      <div className={layout.fields}>
        <TextInput
          label="Name"
          placeholder={draft.common_name}
          value={draft.name}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
          error={problems.name}
        />
        <TextInput
          label="Environment"
          placeholder="production"
          value={draft.environment}
          onChange={(event) => onChange({ environment: event.currentTarget.value })}
          error={problems.environment}
        />
        {RECORD_FIELDS.map(({ field, kind, label }) => (
          <CatalogSelect
            key={field}
            kind={kind}
            label={label}
            value={draft[field] || defaults[field]}
            onChange={(id) => onChange({ [field]: id === defaults[field] ? "" : id })}
            error={problems[field]}
            required
          />
        ))}
      </div>
      <CatalogMultiSelect
        kind="targets"
        label="Targets"
        description="Where agents install the certificate."
        value={draft.target_ids}
        onChange={(target_ids) => onChange({ target_ids })}
        error={problems.target_ids}
      />
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
