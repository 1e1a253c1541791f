import { Checkbox, Radio, Stack, TagsInput, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";

import { acmeKeys, createEabKey, type MintedEabKey } from "../../api/acme";
import { useRepeatable } from "../../api/repeatable";
import { CatalogMultiSelect, CatalogSelect } from "../../components/catalog/CatalogSelect";
import { FormEnd } from "../../components/FormEnd";
import layout from "../../components/layout.module.css";
import { OneTimeModal } from "../../components/OneTimeModal";
import { bodyOfDraft, CHALLENGES, type DraftProblems, type EabKeyDraft, NEW_EAB_KEY, problemsOf } from "./draft";
import { OnlyBySignIn } from "./OnlyBySignIn";
import { useIsRefusedSession } from "./session";
import { ShownSecret } from "./ShownSecret";
import { MODES } from "./words";

const LABELS = {
  name: "Name",
  service_account_id: "Service account",
  team_id: "Team",
  names: "Names",
  challenges: "Challenges",
  profile_ids: "Profiles",
  owner_id: "Owner",
  source_cidrs: "Networks",
  max_accounts: "ACME accounts",
};

/** A form for an EAB key; then its secret, shown once. */
export function NewEabKeyModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [minted, setMinted] = useState<MintedEabKey | null>(null);
  const close = () => {
    setMinted(null);
    onClose();
  };
  return (
    <OneTimeModal opened={opened} onClose={close} title={minted === null ? "New EAB key" : "The new EAB key"} isSecret={minted !== null}>
      {minted === null ? <Form onMade={setMinted} onCancel={close} /> : <ShownSecret minted={minted} onDone={close} />}
    </OneTimeModal>
  );
}

function Form({ onMade, onCancel }: { onMade: (minted: MintedEabKey) => void; onCancel: () => void }) {
  const [draft, setDraft] = useState(NEW_EAB_KEY);
  const [problems, setProblems] = useState<DraftProblems>({});
  const queries = useQueryClient();
  const isRefused = useIsRefusedSession();
  const send = useRepeatable(createEabKey);
  const create = useMutation({
    mutationFn: send,
    onSuccess: (minted) => {
      onMade(minted);
      void queries.invalidateQueries({ queryKey: acmeKeys.all });
    },
    // The secret must not stay in a cache.
    gcTime: 0,
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const found = problemsOf(draft);
    setProblems(found);
    if (Object.keys(found).length === 0) create.mutate(bodyOfDraft(draft));
  };
  const change = (fields: Partial<EabKeyDraft>) => setDraft((before) => ({ ...before, ...fields }));
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {isRefused && <OnlyBySignIn />}
        <WhoseFields draft={draft} change={change} problems={problems} />
        <NameFields draft={draft} change={change} problems={problems} />
        <LimitFields draft={draft} change={change} problems={problems} />
        <FormEnd mutation={create} action="Create EAB key" onCancel={onCancel} labels={LABELS} />
      </Stack>
    </form>
  );
}

interface FieldsProps {
  draft: EabKeyDraft;
  change: (fields: Partial<EabKeyDraft>) => void;
  problems: DraftProblems;
}

function WhoseFields({ draft, change, problems }: FieldsProps) {
  return (
    <>
      <TextInput
        label="Name"
        placeholder="web servers"
        value={draft.name}
        onChange={(event) => change({ name: event.currentTarget.value })}
        error={problems.name}
        maxLength={128}
        required
      />
      <CatalogSelect
        kind="service-accounts"
        label="Service account"
        description="Clients act for it, within its roles."
        value={draft.accountId}
        onChange={(accountId) => change({ accountId })}
        error={problems.accountId}
        required
      />
      <div className={layout.fields}>
        <CatalogSelect
          kind="teams"
          label="Team"
          description="Empty: the only one of the service account."
          value={draft.teamId}
          onChange={(teamId) => change({ teamId })}
        />
        <CatalogSelect
          kind="owners"
          label="Owner"
          description="Empty: the default owner."
          value={draft.ownerId}
          onChange={(ownerId) => change({ ownerId })}
        />
      </div>
    </>
  );
}

function NameFields({ draft, change, problems }: FieldsProps) {
  return (
    <>
      <TagsInput
        label="Names"
        description="Patterns of what may be ordered: **.web.example.com, IP:10.0.0.0/8."
        value={[...draft.names]}
        onChange={(names) => change({ names })}
        error={problems.names}
        acceptValueOnBlur
        required
      />
      <Checkbox
        label="Wildcard names, too"
        checked={draft.wildcards}
        onChange={(event) => change({ wildcards: event.currentTarget.checked })}
      />
      <Radio.Group label="Authorization" value={draft.mode} onChange={(mode) => change({ mode })}>
        <Stack gap={6} mt={6}>
          <Radio value="challenges" label={MODES.challenges} description="Clients show that they control each name." />
          <Radio value="trusted" label={MODES.trusted} description="The patterns above suffice." />
        </Stack>
      </Radio.Group>
      {draft.mode === "challenges" && (
        <Checkbox.Group
          label="Challenges"
          value={[...draft.challenges]}
          onChange={(challenges) => change({ challenges })}
          error={problems.challenges}
        >
          <Stack gap={6} mt={6}>
            {CHALLENGES.map((type) => (
              <Checkbox key={type} value={type} label={type} />
            ))}
          </Stack>
        </Checkbox.Group>
      )}
    </>
  );
}

function LimitFields({ draft, change, problems }: FieldsProps) {
  return (
    <>
      <CatalogMultiSelect
        kind="profiles"
        label="Profiles"
        description="The first is the default one. Empty: server."
        value={draft.profileIds}
        onChange={(profileIds) => change({ profileIds })}
      />
      <div className={layout.fields}>
        <TagsInput
          label="Networks"
          description="Requests come from these only, such as 10.0.0.0/8."
          value={[...draft.cidrs]}
          onChange={(cidrs) => change({ cidrs })}
          acceptValueOnBlur
        />
        <TextInput
          label="ACME accounts"
          description="At most so many. Empty: any number."
          value={draft.maxAccounts}
          onChange={(event) => change({ maxAccounts: event.currentTarget.value })}
          error={problems.maxAccounts}
          inputMode="numeric"
        />
      </div>
    </>
  );
}
