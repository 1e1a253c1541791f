import { Button, Group, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { type Endpoint, endpointKeys, removeEndpoint } from "../../api/endpoints";
import { ConfirmModal } from "../../components/ConfirmModal";
import { AttachModal } from "./AttachModal";
import { placeOf } from "./words";

interface EndpointActionsProps {
  endpoint: Endpoint;
  onRemoved: () => void;
}

export function EndpointActions({ endpoint, onRemoved }: EndpointActionsProps) {
  const [shown, setShown] = useState<"attach" | "remove" | null>(null);
  const close = () => setShown(null);
  return (
    <Group gap="xs">
      <Button size="compact-sm" variant="light" onClick={() => setShown("attach")}>
        Attach to a certificate
      </Button>
      <Button size="compact-sm" variant="default" onClick={() => setShown("remove")}>
        Remove
      </Button>
      <AttachModal endpoint={endpoint} opened={shown === "attach"} onClose={close} />
      <RemoveModal endpoint={endpoint} opened={shown === "remove"} onClose={close} onRemoved={onRemoved} />
    </Group>
  );
}

interface RemoveModalProps extends EndpointActionsProps {
  opened: boolean;
  onClose: () => void;
}

function RemoveModal({ endpoint, opened, onClose, onRemoved }: RemoveModalProps) {
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => removeEndpoint(endpoint.id),
    onSuccess: () => {
      onRemoved();
      queries.removeQueries({ queryKey: endpointKeys.one(endpoint.id) });
      return queries.invalidateQueries({ queryKey: ["endpoints", "list"] });
    },
  });
  return (
    <ConfirmModal
      title="Remove this endpoint?"
      action="Remove endpoint"
      opened={opened}
      onClose={onClose}
      onConfirm={() => remove.mutate()}
      isBusy={remove.isPending}
      error={remove.error}
      isDangerous
    >
      <Text size="sm">{placeOf(endpoint)} is no longer probed. Its open findings end with their alerts.</Text>
    </ConfirmModal>
  );
}
