import { Button, Group, Stack } from "@mantine/core";
import { type SubmitEvent, useState } from "react";

import type { Body, CatalogKind, Row } from "../../api/catalog";
import { OneTimeKey } from "../../components/OneTimeKey";
import { OneTimeModal } from "../../components/OneTimeModal";
import { VersionConflict } from "../../components/VersionConflict";
import { Refusal } from "../../components/Refusal";
import classes from "./Catalog.module.css";
import { FieldInput } from "./FieldInput";
import { bodyOf, type Draft, draftOf, type Field, type FieldValue, labelsOf, placed, type Problems, problemsOf, valueOf } from "./fields";
import type { Description } from "./kind";
import { useSave } from "./useRecords";

interface RecordModalProps<Kind extends CatalogKind> {
  of: Description<Kind>;
  /** The record to edit; null: a new one. */
  row: Row<Kind> | null;
  opened: boolean;
  onClose: () => void;
}

const ID: Field = {
  name: "id",
  label: "ID",
  form: "text",
  hint: "Generated if left empty. It cannot be changed later.",
  pattern: /^[a-z0-9][a-z0-9-]{2,63}$/,
  says: "3 to 64 lowercase letters, digits and hyphens.",
};

/** The form; after an agent was made its key, which a stray click must not close. */
export function RecordModal<Kind extends CatalogKind>({ of, row, opened, onClose }: RecordModalProps<Kind>) {
  const [made, setMade] = useState<{ name: string; key: string } | null>(null);
  const close = () => {
    setMade(null);
    onClose();
  };
  const saved = (answer: Row<Kind>) => {
    if ("key" in answer) setMade({ name: answer.name, key: String(answer.key) });
    else close();
  };
  const title = row === null ? `New ${of.one}` : `Edit ${row.name}`;
  return (
    <OneTimeModal opened={opened} onClose={close} title={made === null ? title : "The agent's key"} isSecret={made !== null}>
      {made === null ? <EditableForm of={of} row={row} onSaved={saved} onClose={close} /> : <AgentKey made={made} onDone={close} />}
    </OneTimeModal>
  );
}

function AgentKey({ made, onDone }: { made: { name: string; key: string }; onDone: () => void }) {
  return (
    <OneTimeKey name={made.name} value={made.key} onDone={onDone}>
      Store it on the agent&apos;s host, where its configuration reads it. It can only fetch and report what this agent&apos;s targets need.
    </OneTimeKey>
  );
}

interface FormProps<Kind extends CatalogKind> {
  of: Description<Kind>;
  row: Row<Kind> | null;
  onSaved: (row: Row<Kind>) => void;
  onClose: () => void;
}

/** Starts again, with what is stored now, where somebody else was first and their version is wanted. */
function EditableForm<Kind extends CatalogKind>({ row, ...rest }: FormProps<Kind>) {
  const [before, setBefore] = useState(row);
  return <Form key={before?.version} row={before} {...rest} onReload={setBefore} />;
}

function Form<Kind extends CatalogKind>({ of, row, onSaved, onClose, onReload }: FormProps<Kind> & { onReload: (row: Row<Kind>) => void }) {
  const [draft, setDraft] = useState<Draft>(() => initial(of, row));
  const [found, setFound] = useState<Problems>({});
  const save = useSave(of.kind, row, onSaved);
  const isNew = row === null;
  const hasId = isNew && of.hasGivenId !== true;
  const sections = of.sections(draft);
  const fields = [...sections.flatMap((section) => section.fields), ...(hasId ? [ID] : [])];
  const problems = placed(save.error, fields);
  const shown = { ...problems, ...found };
  const set = (name: string) => (value: FieldValue) => setDraft((before) => ({ ...before, [name]: value }));
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const now = problemsOf(fields, draft);
    setFound(now);
    if (Object.keys(now).length === 0) save.mutate(bodyOf(fields, draft) as Body<Kind>);
  };
  const input = (field: Field) => (
    <FieldInput
      key={field.name}
      field={field}
      value={valueOf(field, draft)}
      onChange={set(field.name)}
      problem={shown[field.name]}
      isNew={isNew}
      draft={draft}
    />
  );
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {sections.map(({ title, hint, fields: inputs }) =>
          title === undefined ? (
            <div key="" className={classes.fields}>
              {inputs.map(input)}
            </div>
          ) : (
            <fieldset key={title} className={classes.section}>
              <legend>{title}</legend>
              {hint !== undefined && <p className={classes.sectionHint}>{hint}</p>}
              <div className={classes.fields}>{inputs.map(input)}</div>
            </fieldset>
          ),
        )}
        {hasId && input(ID)}
        {of.Trial !== undefined && <of.Trial row={row} fields={fields} draft={draft} onProblems={setFound} />}
        {save.newer === null && save.error !== null && (
          <Refusal error={save.error} ownFields={fields.map(({ name }) => name)} labels={labelsOf(fields)} />
        )}
        {save.newer !== null && (
          <VersionConflict version={save.newer.version} onReload={() => save.newer !== null && onReload(save.newer)} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending} disabled={save.newer !== null}>
            {isNew ? `Create ${of.one}` : "Save"}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** With the values of all fields that are shown: some are there only for what others say. */
function initial<Kind extends CatalogKind>(of: Description<Kind>, row: Row<Kind> | null): Draft {
  const own: Draft = row !== null && "type" in row ? { type: row.type } : {};
  const said = (draft: Draft) =>
    draftOf(
      of.sections(draft).flatMap(({ fields }) => fields),
      row ?? undefined,
    );
  return said({ ...own, ...said(own) });
}
