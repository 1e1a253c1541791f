import { Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { type ApiKey, apiKeyKeys, revokeApiKey } from "../../api/apiKeys";
import { useSession } from "../../app/session";
import { ConfirmModal } from "../../components/ConfirmModal";

interface RevokeKeyModalProps {
  apiKey: ApiKey | null;
  onClose: () => void;
}

export function RevokeKeyModal({ apiKey, onClose }: RevokeKeyModalProps) {
  const { keyId } = useSession();
  const queries = useQueryClient();
  const revoke = useMutation({ mutationFn: revokeApiKey, onSuccess: () => queries.invalidateQueries({ queryKey: apiKeyKeys.all }) });
  const close = () => {
    revoke.reset();
    onClose();
  };
  return (
    <ConfirmModal
      title={`Revoke ${apiKey?.name ?? "the key"}?`}
      action="Revoke key"
      opened={apiKey !== null}
      onClose={close}
      onConfirm={() => apiKey !== null && revoke.mutate(apiKey.id, { onSuccess: close })}
      isBusy={revoke.isPending}
      error={revoke.error}
      isDangerous
    >
      <Text size="sm">
        Every call with it is refused from now on, everywhere within 15 seconds. This cannot be undone: create a new key for anything that still needs one.
      </Text>
      {apiKey !== null && apiKey.id === keyId && (
        <Text size="sm" fw={600}>
          You are signed in with this key: your session ends too.
        </Text>
      )}
    </ConfirmModal>
  );
}
