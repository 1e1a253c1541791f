import { Button, Stack, TagsInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";

import { changeObserved, inventoryKeys, type ObservedDetails } from "../../api/inventory";
import { CatalogSelect } from "../../components/catalog/CatalogSelect";
import { FormEnd } from "../../components/FormEnd";
import { FormModal } from "../../components/FormModal";
import { useCan } from "../../components/session";
import { useIsOwn } from "./useIsOwn";

/** Whose the certificate is, for those who may change it; a managed one is changed by its record. */
export function ChangeBelonging({ certificate }: { certificate: ObservedDetails }) {
  const [isOpen, setOpen] = useState(false);
  const mayChange = useCan("inventory:write");
  const isOwn = useIsOwn(certificate);
  if (!mayChange || !isOwn || certificate.status === "Managed") return null;
  const close = () => setOpen(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        Change team and owner
      </Button>
      <FormModal opened={isOpen} onClose={close} title="Team, owner and tags">
        <Form certificate={certificate} onClose={close} />
      </FormModal>
    </>
  );
}

function Form({ certificate, onClose }: { certificate: ObservedDetails; onClose: () => void }) {
  const [teamId, setTeamId] = useState(certificate.team_id);
  const [ownerId, setOwnerId] = useState(certificate.owner_id ?? "");
  const [tags, setTags] = useState(() => Object.entries(certificate.tags).map(([name, value]) => `${name}=${value}`));
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: () => changeObserved(certificate.fingerprint, { team_id: teamId, owner_id: ownerId, tags: tagsOf(tags) }),
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: inventoryKeys.all }),
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <CatalogSelect
          kind="teams"
          label="Team"
          description="Its members see all of the certificate."
          value={teamId}
          onChange={setTeamId}
          required
        />
        <CatalogSelect kind="owners" label="Owner" placeholder="None" value={ownerId} onChange={setOwnerId} />
        <TagsInput label="Tags" description="name=value" value={tags} onChange={setTags} acceptValueOnBlur />
        <FormEnd mutation={change} action="Save" onCancel={onClose} />
      </Stack>
    </form>
  );
}

function tagsOf(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const [name = "", ...rest] = text.split("=");
      return [name.trim(), rest.join("=").trim()];
    }),
  );
}
