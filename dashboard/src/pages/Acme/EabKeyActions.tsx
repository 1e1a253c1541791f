import { Button, Group, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { acmeKeys, type EabKey, type MintedEabKey, revokeEabKey, rotateEabKey } from "../../api/acme";
import { ConfirmModal } from "../../components/ConfirmModal";
import { OneTimeModal } from "../../components/OneTimeModal";
import { useCan } from "../../components/session";
import { counted } from "../../components/words/count";
import { useIsRefusedSession } from "./session";
import { ShownSecret } from "./ShownSecret";

/** None for a key that is revoked: that is its end. */
export function EabKeyActions({ eabKey }: { eabKey: EabKey }) {
  const [shown, setShown] = useState<"rotate" | "revoke" | null>(null);
  const [mayWrite, mayRevoke] = [useCan("acme:write"), useCan("acme:revoke")];
  const isRefused = useIsRefusedSession();
  const close = () => setShown(null);
  if (eabKey.revoked_at !== null || !mayRevoke) return null;
  return (
    <Group gap="xs">
      {mayWrite && !isRefused && (
        <Button size="compact-sm" variant="light" onClick={() => setShown("rotate")}>
          Replace the secret
        </Button>
      )}
      <Button size="compact-sm" variant="default" onClick={() => setShown("revoke")}>
        Revoke
      </Button>
      <RotateModal eabKey={eabKey} opened={shown === "rotate"} onClose={close} />
      <RevokeModal eabKey={eabKey} opened={shown === "revoke"} onClose={close} />
    </Group>
  );
}

interface ActionProps {
  eabKey: EabKey;
  opened: boolean;
  onClose: () => void;
}

/** A question; then the new secret, shown once. */
function RotateModal({ eabKey, opened, onClose }: ActionProps) {
  const queries = useQueryClient();
  const [minted, setMinted] = useState<MintedEabKey | null>(null);
  const rotate = useMutation({
    mutationFn: () => rotateEabKey(eabKey.id),
    onSuccess: (made) => {
      setMinted(made);
      void queries.invalidateQueries({ queryKey: acmeKeys.all });
    },
    // The secret must not stay in a cache.
    gcTime: 0,
  });
  const close = () => {
    rotate.reset();
    setMinted(null);
    onClose();
  };
  if (minted !== null) {
    return (
      <OneTimeModal opened={opened} onClose={close} title="The new secret" isSecret>
        <ShownSecret minted={minted} onDone={close} />
      </OneTimeModal>
    );
  }
  return (
    <ConfirmModal
      title={`Replace the secret of ${eabKey.name}?`}
      action="Replace secret"
      opened={opened}
      onClose={close}
      onConfirm={() => rotate.mutate()}
      isBusy={rotate.isPending}
      error={rotate.error}
    >
      <Text size="sm">
        The previous secret registers no more clients. {counted(eabKey.accounts, "ACME accounts")} that{" "}
        {eabKey.accounts === 1 ? "is" : "are"} registered {eabKey.accounts === 1 ? "continues" : "continue"} as before.
      </Text>
    </ConfirmModal>
  );
}

function RevokeModal({ eabKey, opened, onClose }: ActionProps) {
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => revokeEabKey(eabKey.id),
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: acmeKeys.all }),
  });
  return (
    <ConfirmModal
      title={`Revoke ${eabKey.name}?`}
      action="Revoke EAB key"
      opened={opened}
      onClose={onClose}
      onConfirm={() => revoke.mutate()}
      isBusy={revoke.isPending}
      error={revoke.error}
      isDangerous
    >
      <Text size="sm">
        {counted(eabKey.accounts, "ACME accounts")} can order and renew nothing from now on, and no client registers with it. Certificates
        that were issued stay valid, and clients may still revoke them. This cannot be undone.
      </Text>
    </ConfirmModal>
  );
}
