import { Alert, Code, Select, Switch, TextInput } from "@mantine/core";

import type { ChannelDraft, Problems } from "./channelDraft";
import { fieldsOf, isHidden, KINDS, SECRET_PLACEHOLDER, type SettingField } from "./kinds";

interface ChannelFieldsProps {
  draft: ChannelDraft;
  onChange: (draft: ChannelDraft) => void;
  problems: Problems;
  isNew: boolean;
}

export function ChannelFields({ draft, onChange, problems, isNew }: ChannelFieldsProps) {
  const change = (fields: Partial<ChannelDraft>) => onChange({ ...draft, ...fields });
  const set = (name: string, text: string) => change({ settings: { ...draft.settings, [name]: text } });
  return (
    <>
      {isNew && <NewFields draft={draft} change={change} problem={problems.id} />}
      <Alert color="blue" title="Secrets stay where they are">
        Store the secret in Secrets Manager as <Code>{SECRET_PLACEHOLDER}</Code>, or in Parameter Store as{" "}
        <Code>/{SECRET_PLACEHOLDER}</Code>, and type that name here. Never the secret itself.
      </Alert>
      {fieldsOf(draft.kind, draft.settings).map((field) => (
        <SettingInput
          key={field.name}
          field={field}
          value={draft.settings[field.name] ?? ""}
          onChange={(text) => set(field.name, text)}
          problem={problems[`settings.${field.name}`]}
        />
      ))}
      <TextInput
        label="Team"
        description="Its id, where the channel is for one team: it then gets that team's alerts only, and its operators may test it."
        value={draft.teamId}
        onChange={(event) => change({ teamId: event.currentTarget.value.trim() })}
        error={problems.team_id}
      />
      <Switch label="Enabled" checked={draft.enabled} onChange={(event) => change({ enabled: event.currentTarget.checked })} />
    </>
  );
}

interface NewFieldsProps {
  draft: ChannelDraft;
  change: (fields: Partial<ChannelDraft>) => void;
  problem: string | undefined;
}

function NewFields({ draft, change, problem }: NewFieldsProps) {
  return (
    <>
      <Select
        label="Kind"
        value={draft.kind}
        onChange={(kind) => kind !== null && change({ kind: kind, settings: {} })}
        data={KINDS}
        allowDeselect={false}
        data-autofocus
      />
      <TextInput
        label="Name"
        description="Small letters, digits, hyphens. It stays for good."
        placeholder="slack-payments"
        value={draft.id}
        onChange={(event) => change({ id: event.currentTarget.value.trim() })}
        error={problem}
        required
      />
    </>
  );
}

interface SettingInputProps {
  field: SettingField;
  value: string;
  onChange: (text: string) => void;
  problem: string | undefined;
}

function SettingInput({ field, value, onChange, problem }: SettingInputProps) {
  const { label, options, isNeeded } = field;
  if (options !== undefined) {
    return (
      <Select
        label={label}
        description={field.hint}
        value={value || (options[0] ?? null)}
        onChange={(chosen) => onChange(chosen ?? "")}
        data={[...options]}
        allowDeselect={false}
        error={problem}
      />
    );
  }
  return (
    <TextInput
      label={label}
      description={isHidden(value) ? "Stored. Leave it as it is to keep it." : descriptionOf(field)}
      placeholder={field.form === "secret" ? SECRET_PLACEHOLDER : field.placeholder}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={problem}
      required={isNeeded ?? false}
      autoComplete="off"
      spellCheck={false}
    />
  );
}

function descriptionOf({ form, hint }: SettingField): string | undefined {
  const name = { secret: "Name of the secret.", "url or secret": "An https URL, or the name of a secret that holds one.", text: "", url: "" }[form];
  return [name, hint].filter(Boolean).join(" ") || undefined;
}
