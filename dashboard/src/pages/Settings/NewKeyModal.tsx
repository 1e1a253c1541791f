import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, type SubmitEvent, useState } from "react";

import { apiKeyKeys, createApiKey, type MintedKey } from "../../api/apiKeys";
import { useRepeatable } from "../../api/repeatable";
import { useSession } from "../../components/session";
import { Command } from "../../components/Command";
import { FormEnd } from "../../components/FormEnd";
import { OneTimeKey } from "../../components/OneTimeKey";
import { OneTimeModal } from "../../components/OneTimeModal";
import { commandOf } from "./keyCommand";
import { bodyOfDraft, type DraftFields, type DraftProblems, type KeyDraft, problemsOf } from "./keyDraft";

interface NewKeyModalProps {
  title: string;
  opened: boolean;
  onClose: () => void;
  first: KeyDraft;
  /** The fields of the form. */
  children: (fields: DraftFields) => ReactNode;
}

/** A form for a key; then the key, shown once. */
export function NewKeyModal({ title, opened, onClose, first, children }: NewKeyModalProps) {
  const [minted, setMinted] = useState<MintedKey | null>(null);
  const close = () => {
    setMinted(null);
    onClose();
  };
  return (
    <OneTimeModal opened={opened} onClose={close} title={minted === null ? title : "The new key"} isSecret={minted !== null}>
      {minted === null ? (
        <KeyForm first={first} onMade={setMinted} onCancel={close}>
          {children}
        </KeyForm>
      ) : (
        <OneTimeKey name={minted.name} value={minted.key} onDone={close}>
          Programs send it as <code>Authorization: Bearer</code>, the command line takes it from <code>CERTCTL_API_KEY</code>.
        </OneTimeKey>
      )}
    </OneTimeModal>
  );
}

interface KeyFormProps extends Pick<NewKeyModalProps, "first" | "children"> {
  onMade: (minted: MintedKey) => void;
  onCancel: () => void;
}

function KeyForm({ first, onMade, onCancel, children }: KeyFormProps) {
  const { keyId } = useSession();
  const [draft, setDraft] = useState(first);
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
        {children({ draft, onChange: setDraft, problems })}
        {keyId === null ? (
          <FormEnd mutation={create} action="Create key" onCancel={onCancel} />
        ) : (
          <ByCommand keyId={keyId} draft={draft} onClose={onCancel} />
        )}
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
function ByCommand({ keyId, draft, onClose }: ByCommandProps) {
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
