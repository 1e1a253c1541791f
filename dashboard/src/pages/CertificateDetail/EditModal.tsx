import { Button, Group, Stack } from "@mantine/core";
import { type SubmitEvent, useState } from "react";

import { type Certificate, type CertificateEdit, editCertificate, getCertificate } from "../../api/certificates";
import { ApiError } from "../../api/errors";
import type { RecordField } from "../../api/recordFields";
import { type FieldValues, isList } from "../../components/certificateFields";
import { FieldInput } from "../../components/FieldInput";
import { FormModal } from "../../components/FormModal";
import layout from "../../components/layout.module.css";
import { VersionConflict } from "../../components/VersionConflict";
import { Refusal } from "../../components/Refusal";
import { changesOf, draftOf, EDITABLE, problemsOf } from "./edit";
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
const FIELDS = EDITABLE.map(({ name }) => name);

function Form({ before, onReload, onClose }: FormProps) {
  const [draft, setDraft] = useState(() => draftOf(before));
  const [found, setFound] = useState<Partial<Record<string, string>>>({});
  const { save, newer } = useEdit(before, onClose);
  const change = (changes: FieldValues) => setDraft((now) => ({ ...now, ...changes }));
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
  draft: FieldValues;
  onChange: (changes: FieldValues) => void;
  problems: Partial<Record<string, string>>;
}

function Fields({ draft, onChange, problems }: FieldsProps) {
  const input = (field: RecordField, index: number) => (
    <FieldInput
      key={field.name}
      field={field}
      value={draft[field.name] ?? ""}
      onChange={(value) => onChange({ [field.name]: value })}
      error={problems[field.name]}
      required={field.edit === "required"}
      isFirst={index === 0}
    />
  );
  return (
    <>
      <div className={layout.fields}>{EDITABLE.filter((field) => !isList(field)).map(input)}</div>
      {EDITABLE.filter(isList).map((field) => input(field, -1))}
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
