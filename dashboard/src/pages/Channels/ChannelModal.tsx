import { Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";

import { type Channel, type ChannelDefinition, channelKeys, createChannel, editChannel, useChannelKinds } from "../../api/channels";
import { useRepeatable } from "../../api/repeatable";
import { FormEnd } from "../../components/FormEnd";
import { FormModal } from "../../components/FormModal";
import { Empty, QueryView } from "../../components/states";
import { type ChannelDraft, draftOf, editOf, newChannelOf, newDraft, type Problems, problemsIn, problemsOf } from "./channelDraft";
import { ChannelFields } from "./ChannelFields";
import { settingLabels } from "./settings";

interface ChannelModalProps {
  /** The record to edit; none: a new one. */
  channel?: Channel;
  opened: boolean;
  onClose: () => void;
}

export function ChannelModal({ channel, opened, onClose }: ChannelModalProps) {
  const title = channel === undefined ? "New channel" : `Edit ${channel.id}`;
  return (
    <FormModal opened={opened} onClose={onClose} title={title} size="lg">
      <FormOfKinds before={channel ?? null} onClose={onClose} />
    </FormModal>
  );
}

interface FormProps {
  before: Channel | null;
  onClose: () => void;
}

function FormOfKinds({ before, onClose }: FormProps) {
  const query = useChannelKinds();
  return (
    <QueryView query={query} what="the kinds of channel">
      {(kinds) => {
        const first = kinds.find(({ kind }) => before === null || kind === before.kind);
        return first === undefined ? <Unknown /> : <Form kinds={kinds} first={first} before={before} onClose={onClose} />;
      }}
    </QueryView>
  );
}

function Unknown() {
  return <Empty title="This release does not know the channel's kind">A newer release created it. Update the stack to edit it.</Empty>;
}

/** `first`: the kind of the channel, or of a new one until another is chosen. */
function Form({ kinds, first, before, onClose }: FormProps & { kinds: readonly ChannelDefinition[]; first: ChannelDefinition }) {
  const [draft, setDraft] = useState<ChannelDraft>(() => (before === null ? newDraft(first.kind) : draftOf(before)));
  const [problems, setProblems] = useState<Problems>({});
  const definition = kinds.find(({ kind }) => kind === draft.kind) ?? first;
  const save = useSave(before, definition, onClose);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const found = problemsOf(draft, definition, before);
    setProblems(found);
    if (Object.keys(found).length === 0) save.mutate(draft);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <ChannelFields
          kinds={kinds}
          definition={definition}
          draft={draft}
          onChange={setDraft}
          problems={{ ...problemsIn(save.error), ...problems }}
          isNew={before === null}
        />
        <FormEnd
          mutation={save}
          action={before === null ? "Create channel" : "Save"}
          onCancel={onClose}
          ownFields={["id", "team_id", ...Object.keys(settingLabels(definition))]}
          labels={{ id: "Name", ...settingLabels(definition) }}
        />
      </Stack>
    </form>
  );
}

function useSave(before: Channel | null, definition: ChannelDefinition, onSaved: () => void) {
  const queries = useQueryClient();
  const create = useRepeatable(createChannel);
  return useMutation({
    mutationFn: (draft: ChannelDraft) =>
      before === null ? create(newChannelOf(draft, definition)) : editChannel(before.id, editOf(draft, definition, before)),
    onSuccess: onSaved,
    // After a refusal, too: somebody else may have changed it.
    onSettled: () => queries.invalidateQueries({ queryKey: channelKeys.all }),
  });
}
