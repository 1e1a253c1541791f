import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";

import { apiKeyKeys, createApiKey, type MintedKey } from "../../api/apiKeys";
import { useRepeatable } from "../../api/repeatable";
import { useSession } from "../../app/session";
import { Command } from "../../components/Command";
import { OneTimeKey } from "../../components/OneTimeKey";
import { OneTimeModal } from "../../components/OneTimeModal";
import { FormEnd } from "../../components/FormEnd";
import { grantableRoles } from "./grants";
import { commandOf } from "./keyCommand";
import { KeyFields } from "./KeyFields";
import { KeyLimits } from "./KeyLimits";
import { bodyOfDraft, type DraftProblems, EMPTY_DRAFT, type KeyDraft, problemsOf } from "./keyDraft";

interface CreateKeyModalProps {
  opened: boolean;
  onClose: () => void;
}

export function CreateKeyModal({ opened, onClose }: CreateKeyModalProps) {
  const [minted, setMinted] = useState<MintedKey | null>(null);
  const close = () => {
    setMinted(null);
    onClose();
  };
  return (
    <OneTimeModal opened={opened} onClose={close} title={minted === null ? "New API key" : "The new key"} isSecret={minted !== null}>
      {minted === null ? <KeyForm onMade={setMinted} onCancel={close} /> : <TheKey minted={minted} onDone={close} />}
    </OneTimeModal>
  );
}

interface KeyFormProps {
  onMade: (minted: MintedKey) => void;
  onCancel: () => void;
}

function KeyForm({ onMade, onCancel }: KeyFormProps) {
  const { role, teams, keyId, can } = useSession();
  const roles = grantableRoles(role);
  const [draft, setDraft] = useState<KeyDraft>({ ...EMPTY_DRAFT, role: roles.includes("viewer") ? "viewer" : role });
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
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const found = problemsOf(draft);
    setProblems(found);
    if (keyId === null && Object.keys(found).length === 0) create.mutate(bodyOfDraft(draft));
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <KeyFields draft={draft} onChange={setDraft} problems={problems} roles={roles} mayReachAll={role === "admin" || teams === "*"} mayNameOwner={role === "admin"} />
        <KeyLimits draft={draft} onChange={setDraft} problems={problems} mayGive={can} />
        {keyId === null ? <FormEnd deed={create} action="Create key" onCancel={onCancel} /> : <ByCommand keyId={keyId} draft={draft} onClose={onCancel} />}
      </Stack>
    </form>
  );
}

interface ByCommandProps {
  keyId: string;
  draft: KeyDraft;
  onClose: () => void;
}

/** A session that was started with a key is that key's child, and a child creates no keys. */
export function ByCommand({ keyId, draft, onClose }: ByCommandProps) {
  return (
    <>
      <Alert color="blue" role="note" title="Create it on the command line">
        <Text size="sm">
          You signed in with an API key, and such a session cannot create keys. Run this command with the key <code>{keyId}</code> in{" "}
          <code>CERTCTL_API_KEY</code>. It shows the new key once.
        </Text>
        <Command text={commandOf(draft)} what="the command" />
      </Alert>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
      </Group>
    </>
  );
}

function TheKey({ minted, onDone }: { minted: MintedKey; onDone: () => void }) {
  return (
    <OneTimeKey name={minted.name} value={minted.key} onDone={onDone}>
      Programs send it as <code>Authorization: Bearer</code>, the command line takes it from <code>CERTCTL_API_KEY</code>.
    </OneTimeKey>
  );
}
