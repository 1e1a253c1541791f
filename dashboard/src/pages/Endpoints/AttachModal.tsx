import { Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";

import { attachEndpoint, type Endpoint, endpointKeys } from "../../api/endpoints";
import { FormEnd } from "../../components/FormEnd";
import { FormModal } from "../../components/FormModal";
import { bodyOfExpectation, expectationOf } from "./draft";
import { EXPECTATION_LABELS, ExpectationFields } from "./ExpectationFields";
import { placeOf } from "./words";

interface AttachModalProps {
  endpoint: Endpoint;
  opened: boolean;
  onClose: () => void;
}

export function AttachModal({ endpoint, opened, onClose }: AttachModalProps) {
  return (
    <FormModal opened={opened} onClose={onClose} title={`What ${placeOf(endpoint)} should serve`}>
      <Form endpoint={endpoint} onClose={onClose} />
    </FormModal>
  );
}

function Form({ endpoint, onClose }: Omit<AttachModalProps, "opened">) {
  const [draft, setDraft] = useState(() => expectationOf(endpoint));
  const queries = useQueryClient();
  const attach = useMutation({
    mutationFn: () => attachEndpoint(endpoint.id, bodyOfExpectation(draft)),
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: endpointKeys.all }),
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    attach.mutate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <ExpectationFields draft={draft} onChange={(fields) => setDraft((before) => ({ ...before, ...fields }))} />
        {endpoint.findings.length > 0 && (
          <Text size="sm" c="dimmed">
            Open findings end with their alerts. They are found again if they still hold.
          </Text>
        )}
        <FormEnd mutation={attach} action="Save" onCancel={onClose} labels={EXPECTATION_LABELS} />
      </Stack>
    </form>
  );
}
