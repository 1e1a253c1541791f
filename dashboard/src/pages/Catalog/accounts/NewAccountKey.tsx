import { Select, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";

import { apiKeyKeys, createApiKey, type MintedKey } from "../../../api/apiKeys";
import { useRepeatable } from "../../../api/repeatable";
import { useSession } from "../../../app/session";
import { FormEnd } from "../../../components/FormEnd";
import { OneTimeKey } from "../../../components/OneTimeKey";
import { OneTimeModal } from "../../../components/OneTimeModal";
import { ByCommand } from "../../Settings/CreateKeyModal";
import { permissionsOf, ROLE_LABELS } from "../../Settings/grants";
import { Expiry } from "../../Settings/KeyFields";
import { LimitFields } from "../../Settings/KeyLimits";
import { bodyOfDraft, type DraftProblems, EMPTY_DRAFT, type KeyDraft, mayRequest, problemsOf } from "../../Settings/keyDraft";
import { type RoleGrant, rolesOf } from "./grants";

export interface Account {
  id: string;
  name: string;
  enabled: boolean;
  /** All that it has. */
  grants: readonly RoleGrant[];
}

interface NewAccountKeyProps {
  account: Account;
  opened: boolean;
  onClose: () => void;
}

/** A key that acts for the account; shown once. */
export function NewAccountKey({ account, opened, onClose }: NewAccountKeyProps) {
  const [minted, setMinted] = useState<MintedKey | null>(null);
  const close = () => {
    setMinted(null);
    onClose();
  };
  return (
    <OneTimeModal opened={opened} onClose={close} title={minted === null ? `New key of ${account.name}` : "The new key"} isSecret={minted !== null}>
      {minted === null ? (
        <KeyForm account={account} onMade={setMinted} onCancel={close} />
      ) : (
        <OneTimeKey name={minted.name} value={minted.key} onDone={close}>
          Programs send it as <code>Authorization: Bearer</code>, the command line takes it from <code>CERTCTL_API_KEY</code>.
        </OneTimeKey>
      )}
    </OneTimeModal>
  );
}

interface KeyFormProps {
  account: Account;
  onMade: (minted: MintedKey) => void;
  onCancel: () => void;
}

const ALL_ROLES = "";

function KeyForm({ account, onMade, onCancel }: KeyFormProps) {
  const { keyId, can } = useSession();
  const [draft, setDraft] = useState<KeyDraft>({ ...EMPTY_DRAFT, account: account.id });
  const [problems, setProblems] = useState<DraftProblems>({});
  const queries = useQueryClient();
  const send = useRepeatable(createApiKey);
  const create = useMutation({
    mutationFn: send,
    onSuccess: (minted) => {
      onMade(minted);
      void queries.invalidateQueries({ queryKey: apiKeyKeys.all });
    },
    // The text of a key must not stay in a cache.
    gcTime: 0,
  });
  const change = (fields: Partial<KeyDraft>) => setDraft({ ...draft, ...fields });
  const roles = rolesOf(account.grants);
  const chosen = draft.role === null ? roles : [draft.role];
  const permissions = [...new Set(chosen.flatMap(permissionsOf))];
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const found = problemsOf(draft);
    setProblems(found);
    if (keyId === null && Object.keys(found).length === 0) create.mutate(bodyOfDraft(draft));
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput
          label="Name"
          description="Where it is used: deploy-pipeline, cluster-2."
          value={draft.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
          error={problems.name}
          maxLength={128}
          data-autofocus
          required
        />
        <Select
          label="Role"
          value={draft.role ?? ALL_ROLES}
          onChange={(role) => change({ role: role === null || role === ALL_ROLES ? null : role, actions: [], names: [] })}
          data={[{ value: ALL_ROLES, label: "All roles of the account" }, ...roles.map((value) => ({ value, label: ROLE_LABELS[value] }))]}
          allowDeselect={false}
        />
        <Expiry draft={draft} change={change} problem={problems.day} hint="At most 400 days ahead." />
        <LimitFields draft={draft} onChange={setDraft} problems={problems} permissions={permissions.filter(can)} hasNames={chosen.some(mayRequest)} />
        {keyId === null ? <FormEnd deed={create} action="Create key" onCancel={onCancel} /> : <ByCommand keyId={keyId} draft={draft} onClose={onCancel} />}
      </Stack>
    </form>
  );
}
