import { Checkbox, Group, SegmentedControl, Stack, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";

import { useRepeatable } from "../../api/repeatable";
import { createMute, routingKeys } from "../../api/routing";
import { CatalogSelect } from "../../components/catalog/CatalogSelect";
import { CertificateSelect } from "../../components/CertificatePicker";
import classes from "./Channels.module.css";
import { bodyOfMute, type MuteDraft, type MuteProblems, newMuteDraft, problemsOfMute } from "./muteDraft";
import { SEVERITIES } from "./words";
import { FormEnd } from "../../components/FormEnd";
import { FormModal } from "../../components/FormModal";

export function MuteModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <FormModal opened={opened} onClose={onClose} title="New mute">
      <Form onClose={onClose} />
    </FormModal>
  );
}

function Form({ onClose }: { onClose: () => void }) {
  const [draft, setDraft] = useState(() => newMuteDraft(Date.now()));
  const [problems, setProblems] = useState<MuteProblems>({});
  const queries = useQueryClient();
  const send = useRepeatable(createMute);
  const create = useMutation({
    mutationFn: send,
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: routingKeys.mutes }),
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const found = problemsOfMute(draft, Date.now());
    setProblems(found);
    if (Object.keys(found).length === 0) create.mutate(bodyOfMute(draft));
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Fields draft={draft} onChange={setDraft} problems={problems} />
        <FormEnd mutation={create} action="Mute" onCancel={onClose} />
      </Stack>
    </form>
  );
}

interface FieldsProps {
  draft: MuteDraft;
  onChange: (draft: MuteDraft) => void;
  problems: MuteProblems;
}

function Fields({ draft, onChange, problems }: FieldsProps) {
  const change = (fields: Partial<MuteDraft>) => onChange({ ...draft, ...fields });
  return (
    <>
      <SegmentedControl
        aria-label="What is muted"
        value={draft.of}
        onChange={(of) => change({ of, id: "" })}
        data={[
          { value: "certificate", label: "A certificate" },
          { value: "team", label: "A team" },
        ]}
      />
      {draft.of === "team" ? (
        <CatalogSelect kind="teams" label="Team" value={draft.id} onChange={(id) => change({ id })} error={problems.id} required />
      ) : (
        <CertificateSelect value={draft.id} onChange={(id) => change({ id })} error={problems.id} required />
      )}
      <div className={classes.two}>
        <TextInput
          type="datetime-local"
          label="From"
          description="Leave empty to start now."
          value={draft.startsAt}
          onChange={(event) => change({ startsAt: event.currentTarget.value })}
          error={problems.startsAt}
        />
        <TextInput
          type="datetime-local"
          label="Until"
          description="At most 366 days."
          value={draft.endsAt}
          onChange={(event) => change({ endsAt: event.currentTarget.value })}
          error={problems.endsAt}
          required
        />
      </div>
      <Textarea
        label="Reason"
        value={draft.reason}
        onChange={(event) => change({ reason: event.currentTarget.value })}
        error={problems.reason}
        maxLength={256}
        autosize={false}
        rows={2}
        required
      />
      <Checkbox.Group
        label="Severities"
        description="Leave empty to mute all, including compromised keys. The end of an incident is never muted."
        value={draft.severities}
        onChange={(chosen) => change({ severities: chosen })}
      >
        <Group mt={6}>
          {SEVERITIES.map((severity) => (
            <Checkbox key={severity} value={severity} label={severity} />
          ))}
        </Group>
      </Checkbox.Group>
    </>
  );
}
