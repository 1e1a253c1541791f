import { Button, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";

import { type Body, catalogKeys, editRecord, type Row } from "../../../api/catalog";
import { ConfirmModal } from "../../../components/ConfirmModal";
import { Icon } from "../../../components/Icon";
import { bodyOf, draftOf } from "../fields";
import type { Description } from "../kind";

type AccountKind = "service-accounts" | "users";

interface SwitchAccountProps<Kind extends AccountKind> {
  of: Description<Kind>;
  row: Row<Kind>;
  /** What ends with it. */
  disabling: string;
  enabling: string;
  /** What does not end with it. */
  children?: ReactNode;
}

/** Disables an account, or enables it again, after a question. */
export function SwitchAccount<Kind extends AccountKind>({ of, row, disabling, enabling, children }: SwitchAccountProps<Kind>) {
  const [isAsking, setAsking] = useState(false);
  const queries = useQueryClient();
  const fields = of.sections({}).flatMap((section) => section.fields);
  const mutation = useMutation({
    mutationFn: () =>
      editRecord(of.kind, row.id, row.version, { ...bodyOf(fields, draftOf(fields, row)), enabled: !row.enabled } as Body<Kind>),
    onSettled: () => queries.invalidateQueries({ queryKey: catalogKeys.all(of.kind) }),
  });
  const close = () => {
    mutation.reset();
    setAsking(false);
  };
  const act = row.enabled ? "Disable" : "Enable";
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<Icon name={row.enabled ? "ban" : "check"} size={14} />}
        onClick={() => setAsking(true)}
      >
        {act}
      </Button>
      <ConfirmModal
        title={`${act} ${row.name}?`}
        action={`${act} ${of.one}`}
        opened={isAsking}
        onClose={close}
        onConfirm={() => mutation.mutate(undefined, { onSuccess: close })}
        isBusy={mutation.isPending}
        error={mutation.error}
        isDangerous={row.enabled}
      >
        <Text size="sm">{row.enabled ? disabling : enabling}</Text>
        {row.enabled && isAsking && children}
      </ConfirmModal>
    </>
  );
}
