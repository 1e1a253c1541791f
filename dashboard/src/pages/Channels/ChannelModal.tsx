import { Modal, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";

import { type Channel, channelKeys, createChannel, editChannel } from "../../api/channels";
import { useRepeatable } from "../../api/repeatable";
import { type ChannelDraft, draftOf, editOf, NEW, newChannelOf, type Problems, problemsIn, problemsOf } from "./channelDraft";
import { ChannelFields } from "./ChannelFields";
import { FormEnd } from "../../components/FormEnd";

interface ChannelModalProps {
  /** The record to edit; none: a new one. */
  channel?: Channel;
  opened: boolean;
  onClose: () => void;
}

export function ChannelModal({ channel, opened, onClose }: ChannelModalProps) {
  const title = channel === undefined ? "New channel" : `Edit ${channel.id}`;
  return (
    <Modal opened={opened} onClose={onClose} title={title} size="lg" closeButtonProps={{ "aria-label": "Close" }}>
      <Form before={channel ?? null} onClose={onClose} />
    </Modal>
  );
}

function Form({ before, onClose }: { before: Channel | null; onClose: () => void }) {
  const [draft, setDraft] = useState<ChannelDraft>(() => (before === null ? NEW : draftOf(before)));
  const [problems, setProblems] = useState<Problems>({});
  const save = useSave(before, onClose);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const found = problemsOf(draft, before);
    setProblems(found);
    if (Object.keys(found).length === 0) save.mutate(draft);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <ChannelFields draft={draft} onChange={setDraft} problems={{ ...problemsIn(save.error), ...problems }} isNew={before === null} />
        <FormEnd deed={save} action={before === null ? "Create channel" : "Save"} onCancel={onClose} />
      </Stack>
    </form>
  );
}

function useSave(before: Channel | null, onSaved: () => void) {
  const queries = useQueryClient();
  const create = useRepeatable(createChannel);
  return useMutation({
    mutationFn: (draft: ChannelDraft) => (before === null ? create(newChannelOf(draft)) : editChannel(before.id, editOf(draft, before))),
    onSuccess: onSaved,
    // After a refusal, too: it may have been changed by somebody else meanwhile.
    onSettled: () => queries.invalidateQueries({ queryKey: channelKeys.all }),
  });
}
