import { Button, Group, Stack, TagsInput, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";

import { type Certificate, type CertificateEdit, editCertificate, getCertificate } from "../../api/certificates";
import { ApiError } from "../../api/errors";
import { CatalogMultiSelect, CatalogSelect } from "../../components/catalog/CatalogSelect";
import { FormModal } from "../../components/FormModal";
import layout from "../../components/layout.module.css";
import { VersionConflict } from "../../components/VersionConflict";
import { Refusal } from "../../components/Refusal";
import { changesOf, draftOf, type EditDraft, problemsOf } from "./edit";
import { useAction } from "./useAction";

interface EditModalProps {
  certificate: Certificate;
  opened: boolean;
  onClose: () => void;
}

export function EditModal({ certificate, opened, onClose }: EditModalProps) {
  // As it was when the form was opened: the page behind reads it again and again.
  const [before, setBefore] = useState(certificate);
  return (
    <FormModal opened={opened} onClose={onClose} title={`Edit ${certificate.name}`} size="lg">
      <Form key={before.version} before={before} onReload={setBefore} onClose={onClose} />
    </FormModal>
  );
}

interface FormProps {
  before: Certificate;
  onReload: (now: Certificate) => void;
  onClose: () => void;
}

/** Each shows its own part of a refusal. */
const FIELDS = ["name", "environment", "owner_id", "team_id", "renewal_policy_id", "target_ids", "tags"];

function Form({ before, onReload, onClose }: FormProps) {
  const [draft, setDraft] = useState(() => draftOf(before));
  const [found, setFound] = useState<Partial<Record<string, string>>>({});
  const { save, newer } = useEdit(before, onClose);
  const change = (changes: Partial<EditDraft>) => setDraft((now) => ({ ...now, ...changes }));
  const problems = { ...errorsByField(save.error), ...found };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const wrong = problemsOf(draft);
    setFound(wrong);
    if (Object.keys(wrong).length > 0) return;
    const changes = changesOf(before, draft);
    if (Object.keys(changes).length === 0) onClose();
    else save.mutate(changes);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Fields draft={draft} onChange={change} problems={problems} />
        {newer !== null && <VersionConflict version={newer.version} onReload={() => onReload(newer)} />}
        {newer === null && save.error !== null && <Refusal error={save.error} ownFields={FIELDS} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending} disabled={newer !== null}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface FieldsProps {
  draft: EditDraft;
  onChange: (changes: Partial<EditDraft>) => void;
  problems: Partial<Record<string, string>>;
}

function Fields({ draft, onChange, problems }: FieldsProps) {
  const text = (field: "name" | "environment") => ({
    value: draft[field],
    onChange: (event: { currentTarget: { value: string } }) => onChange({ [field]: event.currentTarget.value }),
    error: problems[field],
  });
  const chosen = (field: "owner_id" | "team_id" | "renewal_policy_id") => ({
    value: draft[field],
    onChange: (id: string) => onChange({ [field]: id }),
    error: problems[field],
    required: true,
  });
  return (
    <>
      <div className={layout.fields}>
        <TextInput label="Name" required data-autofocus {...text("name")} />
        <TextInput label="Environment" {...text("environment")} />
        <CatalogSelect kind="owners" label="Owner" {...chosen("owner_id")} />
        <CatalogSelect kind="teams" label="Team" {...chosen("team_id")} />
        <CatalogSelect kind="renewal-policies" label="Renewal policy" {...chosen("renewal_policy_id")} />
      </div>
      <CatalogMultiSelect
        kind="targets"
        label="Targets"
        value={draft.target_ids}
        onChange={(target_ids) => onChange({ target_ids })}
        error={problems.target_ids}
      />
      <TagsInput
        label="Tags"
        description="key=value"
        value={draft.tags}
        onChange={(tags) => onChange({ tags })}
        acceptValueOnBlur
        error={problems.tags}
      />
    </>
  );
}

/** The API's words by field ("target_ids.0" is about target_ids). */
function errorsByField(error: Error | null): Partial<Record<string, string>> {
  const said = error instanceof ApiError ? error.errors : [];
  return Object.fromEntries(said.map(({ field, message }) => [field.split(".")[0] ?? field, message]));
}

/** `newer`: the record after somebody else's change. */
function useEdit(before: Certificate, onClose: () => void) {
  const [newer, setNewer] = useState<Certificate | null>(null);
  const send = async (changes: CertificateEdit) => {
    try {
      return await editCertificate(before.id, before.version, changes);
    } catch (error) {
      const isConflict = error instanceof ApiError && error.status === 409;
      const now = isConflict ? await getCertificate(before.id).catch(() => null) : null;
      if (now !== null && now.version !== before.version) setNewer(now);
      throw error;
    }
  };
  const save = useAction({ run: send, title: ({ name }) => `${name} was changed`, onDone: onClose });
  return { save, newer };
}
