import { Radio, Select, Stack, TextInput } from "@mantine/core";

import { CatalogMultiSelect, CatalogSelect } from "../../components/catalog/CatalogSelect";
import type { Role } from "../../api/permissions";
import { useSession } from "../../components/session";
import { permissionsOf, ROLE_LABELS } from "./grants";
import { type DraftFields, EXPIRIES, type KeyDraft } from "./keyDraft";

/** What a key of one's own is: that of a person who signed in with a provider, or the child of a key. */
const OF_PERSON = {
  end: "it stops working some days after your last sign-in, until you sign in again",
  teams: "My teams",
  expiry: "At most 400 days ahead.",
};
const OF_KEY = {
  end: "it ends with your key, and creates no keys",
  teams: "The teams of my key",
  expiry: "At most 400 days ahead. A key of your own lasts no longer than the one that you use.",
};

interface KeyFieldsProps extends DraftFields {
  roles: readonly Role[];
  mayReachAll: boolean;
  mayNameOwner: boolean;
}

export function KeyFields({ draft, onChange, problems, roles, mayReachAll, mayNameOwner }: KeyFieldsProps) {
  const { keyId } = useSession();
  const own = keyId === null ? OF_PERSON : OF_KEY;
  const change = (fields: Partial<KeyDraft>) => onChange({ ...draft, ...fields });
  return (
    <>
      <KeyName draft={draft} change={change} problem={problems.name} hint="What it is for: deploy-pipeline, anna's laptop." />
      <Select
        label="Role"
        value={draft.role}
        onChange={(role) =>
          role !== null && change({ role, actions: draft.actions.filter((action) => permissionsOf(role).includes(action)) })
        }
        data={roles.map((value) => ({ value, label: ROLE_LABELS[value] }))}
        allowDeselect={false}
      />
      {mayNameOwner && (
        <CatalogSelect
          kind="owners"
          label="Owner"
          description={`Who uses it. Without an owner it is yours: ${own.end}.`}
          value={draft.owner}
          onChange={(owner) => change({ owner })}
        />
      )}
      <Radio.Group label="Teams" value={draft.reach} onChange={(reach) => change({ reach: reach })}>
        <Stack gap={6} mt={6}>
          <Radio value="mine" label={own.teams} />
          {mayReachAll && <Radio value="all" label="All teams" />}
          <Radio value="some" label="Selected teams" />
        </Stack>
      </Radio.Group>
      {draft.reach === "some" && (
        <CatalogMultiSelect
          kind="teams"
          label="Selected teams"
          value={draft.teams}
          onChange={(teams) => change({ teams })}
          error={problems.teams}
          required
        />
      )}
      <Expiry draft={draft} change={change} problem={problems.day} hint={own.expiry} />
    </>
  );
}

interface DraftFieldProps {
  draft: KeyDraft;
  change: (fields: Partial<KeyDraft>) => void;
  problem: string | undefined;
  hint: string;
}

export function KeyName({ draft, change, problem, hint }: DraftFieldProps) {
  return (
    <TextInput
      label="Name"
      description={hint}
      value={draft.name}
      onChange={(event) => change({ name: event.currentTarget.value })}
      error={problem}
      maxLength={128}
      data-autofocus
      required
    />
  );
}

export function Expiry({ draft, change, problem, hint }: DraftFieldProps) {
  return (
    <>
      <Select
        label="Expires"
        description={hint}
        value={draft.expiry}
        onChange={(expiry) => expiry !== null && change({ expiry })}
        data={EXPIRIES}
        allowDeselect={false}
      />
      {draft.expiry === "day" && (
        <TextInput
          type="date"
          label="Last day"
          value={draft.day}
          onChange={(event) => change({ day: event.currentTarget.value })}
          error={problem}
        />
      )}
    </>
  );
}
