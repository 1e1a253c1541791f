import { Select, Text, Textarea, TextInput } from "@mantine/core";

import { type Authority, useAuthorities } from "../../api/authorities";
import { Card } from "../../components/Card";
import { CatalogSelect } from "../../components/catalog/CatalogSelect";
import layout from "../../components/layout.module.css";
import { commonNameOf } from "../Authorities/crl";
import { ALGORITHMS, type Draft, type Problems } from "./draft";

interface ChoiceProps {
  draft: Draft;
  onChange: (changes: Partial<Draft>) => void;
  problems: Problems;
}

/** Which certificates: all that is given must match. */
export function Choice({ draft, onChange, problems }: ChoiceProps) {
  return (
    <Card
      title="Certificates"
      description="Choose by one or more of these. A certificate must match all of them; revoked and archived ones are left out."
    >
      {problems.choice !== undefined && (
        <Text size="sm" c="var(--bad)" role="alert" mb="sm">
          {problems.choice}
        </Text>
      )}
      <TextInput
        label="Key"
        description="SHA-256 of its SubjectPublicKeyInfo, in hex. A certificate’s page has it."
        value={draft.spki}
        onChange={(event) => onChange({ spki: event.currentTarget.value })}
        error={problems.spki}
        autoComplete="off"
        spellCheck={false}
        mb="md"
      />
      <div className={layout.fields}>
        <CaSelect value={draft.ca} onChange={(ca) => onChange({ ca })} />
        <CatalogSelect
          kind="agents"
          label="Agent"
          description="Certificates on its targets."
          value={draft.agent}
          onChange={(agent) => onChange({ agent })}
        />
        <CatalogSelect
          kind="profiles"
          label="Profile"
          description="Certificates of this profile."
          value={draft.profile}
          onChange={(profile) => onChange({ profile })}
        />
        <Select
          label="Algorithm"
          description="Versions with such a key."
          data={ALGORITHMS}
          value={draft.algorithm === "" ? null : draft.algorithm}
          onChange={(algorithm) => onChange({ algorithm: algorithm ?? "" })}
          clearable
          clearButtonProps={{ "aria-label": "Clear algorithm" }}
        />
      </div>
      <Textarea
        label="Certificate IDs"
        description="One a line, up to 1,000."
        value={draft.ids}
        onChange={(event) => onChange({ ids: event.currentTarget.value })}
        error={problems.ids}
        rows={3}
        spellCheck={false}
        mt="md"
      />
    </Card>
  );
}

function optionOf({ ca_id, subject }: Authority) {
  return { value: ca_id, label: `${commonNameOf(subject)} (${ca_id})` };
}

/** Those that have issued certificates. */
function CaSelect({ value, onChange }: { value: string; onChange: (id: string) => void }) {
  const { data, error } = useAuthorities();
  const options = (data ?? []).filter(({ role, state }) => role === "issuing" && state !== "retired").map(optionOf);
  const isElsewhere = value !== "" && !options.some((option) => option.value === value);
  return (
    <Select
      label="CA"
      description="Versions that it issued."
      data={isElsewhere ? [{ value, label: value }, ...options] : options}
      value={value === "" ? null : value}
      onChange={(id) => onChange(id ?? "")}
      error={error === null ? undefined : "The CAs could not be loaded."}
      searchable
      clearable
      clearButtonProps={{ "aria-label": "Clear CA" }}
    />
  );
}
