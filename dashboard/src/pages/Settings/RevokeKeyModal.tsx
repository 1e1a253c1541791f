import { Checkbox, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { type ApiKey, apiKeyKeys, listApiKeys, revokeApiKey } from "../../api/apiKeys";
import { useList } from "../../api/paging";
import { useSession } from "../../components/session";
import { ConfirmModal } from "../../components/ConfirmModal";
import { childrenOf, madeBy, namesOf } from "./keyTree";

interface RevokeKeyModalProps {
  apiKey: ApiKey | null;
  onClose: () => void;
}

export function RevokeKeyModal({ apiKey, onClose }: RevokeKeyModalProps) {
  const { keyId } = useSession();
  const queries = useQueryClient();
  const revoke = useMutation({ mutationFn: revokeApiKey, onSuccess: () => queries.invalidateQueries({ queryKey: apiKeyKeys.all }) });
  const known = useList(apiKeyKeys.all, listApiKeys, { enabled: apiKey !== null });
  const [isLeaked, setIsLeaked] = useState(false);
  const close = () => {
    revoke.reset();
    setIsLeaked(false);
    onClose();
  };
  const children = apiKey === null ? [] : childrenOf(known.rows, apiKey.id);
  const made = apiKey === null ? [] : madeBy(known.rows, apiKey.id);
  return (
    <ConfirmModal
      title={`Revoke ${apiKey?.name ?? "the key"}?`}
      action="Revoke key"
      opened={apiKey !== null}
      onClose={close}
      onConfirm={() => apiKey !== null && revoke.mutate({ id: apiKey.id, isLeaked }, { onSuccess: close })}
      isBusy={revoke.isPending}
      error={revoke.error}
      isDangerous
    >
      <Text size="sm">
        Every call with it is refused from now on, everywhere within 15 seconds. This cannot be undone: create a new key for anything that
        still needs one.
      </Text>
      {children.length > 0 && (
        <Text size="sm">
          With it {children.length === 1 ? "ends" : "end"}: {namesOf(children)}.
        </Text>
      )}
      <Checkbox
        checked={isLeaked}
        onChange={(event) => setIsLeaked(event.currentTarget.checked)}
        label="It has leaked: also revoke every key that it ever created, and what those created"
        description={`${leakInWords(made)}${known.hasNextPage ? " Older keys are not in the list, but are revoked, too." : ""} Trust rules stay: check those that were changed since.`}
      />
      {apiKey !== null && apiKey.id === keyId && (
        <Text size="sm" fw={600}>
          You are signed in with this key: your session ends too.
        </Text>
      )}
    </ConfirmModal>
  );
}

function leakInWords(made: readonly ApiKey[]): string {
  return made.length === 0 ? "It has created none of the live keys in the list." : `Of the list: ${namesOf(made)}.`;
}
