import { Alert, Code, Select, Switch, TextInput } from "@mantine/core";

import type { ChannelDefinition, ChannelSetting } from "../../api/channels";
import { CatalogSelect } from "../../components/catalog/CatalogSelect";
import type { ChannelDraft, Problems } from "./channelDraft";
import { fieldsOf, isHidden, SECRET_PLACEHOLDER } from "./settings";

interface ChannelFieldsProps {
  kinds: readonly ChannelDefinition[];
  /** The draft's kind. */
  definition: ChannelDefinition;
  draft: ChannelDraft;
  onChange: (draft: ChannelDraft) => void;
  problems: Problems;
  isNew: boolean;
}

export function ChannelFields({ kinds, definition, draft, onChange, problems, isNew }: ChannelFieldsProps) {
  const change = (fields: Partial<ChannelDraft>) => onChange({ ...draft, ...fields });
  const set = (name: string, text: string) => change({ settings: { ...draft.settings, [name]: text } });
  return (
    <>
      {isNew && <NewFields kinds={kinds} draft={draft} change={change} problem={problems.id} />}
      <Alert color="blue" title="Secrets stay where they are">
        Store the secret in Secrets Manager as <Code>{SECRET_PLACEHOLDER}</Code>, or in Parameter Store as{" "}
        <Code>/{SECRET_PLACEHOLDER}</Code>, and type that name here. Never the secret itself.
      </Alert>
      {fieldsOf(definition, draft.settings).map((setting) => (
        <SettingInput
          key={setting.name}
          setting={setting}
          value={draft.settings[setting.name] ?? ""}
          onChange={(text) => set(setting.name, text)}
          problem={problems[`settings.${setting.name}`]}
        />
      ))}
      <CatalogSelect
        kind="teams"
        label="Team"
        description="Optional. The channel then gets alerts of this team only, and the team's operators can test it."
        value={draft.teamId}
        onChange={(teamId) => change({ teamId })}
        error={problems.team_id}
      />
      <Switch label="Enabled" checked={draft.enabled} onChange={(event) => change({ enabled: event.currentTarget.checked })} />
    </>
  );
}

interface NewFieldsProps {
  kinds: readonly ChannelDefinition[];
  draft: ChannelDraft;
  change: (fields: Partial<ChannelDraft>) => void;
  problem: string | undefined;
}

function NewFields({ kinds, draft, change, problem }: NewFieldsProps) {
  return (
    <>
      <Select
        label="Kind"
        value={draft.kind}
        onChange={(kind) => kind !== null && change({ kind: kind, settings: {} })}
        data={kinds.map(({ kind, label }) => ({ value: kind, label }))}
        allowDeselect={false}
        data-autofocus
      />
      <TextInput
        label="Name"
        description="Lowercase letters, digits and hyphens. It cannot be changed later."
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
  setting: ChannelSetting;
  value: string;
  onChange: (text: string) => void;
  problem: string | undefined;
}

function SettingInput({ setting, value, onChange, problem }: SettingInputProps) {
  const { label, help, form, placeholder, required } = setting;
  const offered = [...setting.options, ...setting.suggestions];
  if (offered.length > 0) {
    return (
      <Select
        label={label}
        description={help || undefined}
        value={value || (setting.default ?? offered[0] ?? null)}
        onChange={(chosen) => onChange(chosen ?? "")}
        data={value === "" || offered.includes(value) ? offered : [value, ...offered]}
        allowDeselect={false}
        error={problem}
      />
    );
  }
  return (
    <TextInput
      label={label}
      description={isHidden(value) ? "Stored. Leave unchanged to keep it." : descriptionOf(setting)}
      placeholder={form === "secret" ? SECRET_PLACEHOLDER : placeholder}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={problem}
      required={required}
      autoComplete="off"
      spellCheck={false}
    />
  );
}

function descriptionOf({ form, help }: ChannelSetting): string | undefined {
  const name = { secret: "Name of the secret.", url_or_secret: "An https URL, or the name of a secret that holds one.", text: "", url: "" }[
    form
  ];
  return [name, help].filter(Boolean).join(" ") || undefined;
}
