import { Checkbox, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { type ApiKey, apiKeyKeys, revokeApiKey } from "../../api/apiKeys";
import { useSession } from "../../app/session";
import { ConfirmModal } from "../../components/ConfirmModal";
import { counted } from "../../components/words/count";

interface RevokeKeyModalProps {
  apiKey: ApiKey | null;
  /** How many of the listed keys it created, and these in turn. */
  below: number;
  onClose: () => void;
}

export function RevokeKeyModal({ apiKey, below, onClose }: RevokeKeyModalProps) {
  const { keyId } = useSession();
  const queries = useQueryClient();
  const revoke = useMutation({ mutationFn: revokeApiKey, onSuccess: () => queries.invalidateQueries({ queryKey: apiKeyKeys.all }) });
  const [isLeaked, setIsLeaked] = useState(false);
  const close = () => {
    revoke.reset();
    setIsLeaked(false);
    onClose();
  };
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
        Every call with it is refused from now on, everywhere within 15 seconds, and the keys that end with it end. This cannot be undone: create a new
        key for anything that still needs one.
      </Text>
      <Checkbox
        checked={isLeaked}
        onChange={(event) => setIsLeaked(event.currentTarget.checked)}
        label="It has leaked: also revoke every key that it ever created"
        description={below === 0 ? "It has created none of the keys in the list." : `It has created ${counted(below, "key")} of the list, directly or through another.`}
      />
      {apiKey !== null && apiKey.id === keyId && (
        <Text size="sm" fw={600}>
          You are signed in with this key: your session ends too.
        </Text>
      )}
    </ConfirmModal>
  );
}
