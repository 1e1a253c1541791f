import { Select, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";

import { createEndpoint, endpointKeys, type Starttls } from "../../api/endpoints";
import { useRepeatable } from "../../api/repeatable";
import { CatalogSelect } from "../../components/catalog/CatalogSelect";
import { FormEnd } from "../../components/FormEnd";
import { FormModal } from "../../components/FormModal";
import layout from "../../components/layout.module.css";
import { bodyOfEndpoint, type EndpointDraft, NEW_ENDPOINT, problemsOf } from "./draft";
import { EXPECTATION_LABELS, ExpectationFields } from "./ExpectationFields";
import { STARTTLS } from "./words";

const PROTOCOLS = Object.entries(STARTTLS).map(([value, label]) => ({ value, label }));
const LABELS = { ...EXPECTATION_LABELS, host: "Host", port: "Port", server_name: "Server name", prober: "Agent", starttls: "STARTTLS" };

export function EndpointModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <FormModal opened={opened} onClose={onClose} title="New endpoint" size="lg">
      <Form onClose={onClose} />
    </FormModal>
  );
}

function Form({ onClose }: { onClose: () => void }) {
  const [draft, setDraft] = useState(NEW_ENDPOINT);
  const [problems, setProblems] = useState<ReturnType<typeof problemsOf>>({});
  const queries = useQueryClient();
  const send = useRepeatable(createEndpoint);
  const create = useMutation({
    mutationFn: send,
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: endpointKeys.all }),
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const found = problemsOf(draft);
    setProblems(found);
    if (Object.keys(found).length === 0) create.mutate(bodyOfEndpoint(draft));
  };
  const change = (fields: Partial<EndpointDraft>) => setDraft((before) => ({ ...before, ...fields }));
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <PlaceFields draft={draft} onChange={change} problems={problems} />
        <ExpectationFields draft={draft} onChange={change} />
        <div className={layout.fields}>
          <CatalogSelect
            kind="teams"
            label="Team"
            description="Empty: that of the certificate."
            value={draft.teamId}
            onChange={(teamId) => change({ teamId })}
          />
          <CatalogSelect
            kind="owners"
            label="Owner"
            description="Empty: that of the certificate."
            value={draft.ownerId}
            onChange={(ownerId) => change({ ownerId })}
          />
        </div>
        <FormEnd mutation={create} action="Create endpoint" onCancel={onClose} labels={LABELS} />
      </Stack>
    </form>
  );
}

interface PlaceFieldsProps {
  draft: EndpointDraft;
  onChange: (fields: Partial<EndpointDraft>) => void;
  problems: ReturnType<typeof problemsOf>;
}

function PlaceFields({ draft, onChange, problems }: PlaceFieldsProps) {
  return (
    <>
      <div className={layout.fields}>
        <TextInput
          label="Host"
          placeholder="shop.example.com"
          value={draft.host}
          onChange={(event) => onChange({ host: event.currentTarget.value })}
          error={problems.host}
          maxLength={253}
          required
        />
        <TextInput
          label="Port"
          value={draft.port}
          onChange={(event) => onChange({ port: event.currentTarget.value })}
          error={problems.port}
          inputMode="numeric"
          required
        />
        <TextInput
          label="Server name"
          description="That clients ask for (SNI). Empty: the host."
          value={draft.serverName}
          onChange={(event) => onChange({ serverName: event.currentTarget.value })}
          maxLength={253}
        />
        <Select
          label="STARTTLS"
          description="Where the connection does not begin with TLS."
          value={draft.starttls === "" ? null : draft.starttls}
          onChange={(value) => onChange({ starttls: (value ?? "") as Starttls | "" })}
          data={PROTOCOLS}
          clearable
          clearButtonProps={{ "aria-label": "Clear starttls" }}
        />
      </div>
      <CatalogSelect
        kind="agents"
        label="Agent"
        description="That probes it, where its host allows that. Empty: it is probed from the internet."
        value={draft.agentId}
        onChange={(agentId) => onChange({ agentId })}
      />
    </>
  );
}
