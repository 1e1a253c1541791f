import { Radio, Stack, TagsInput, Text } from "@mantine/core";

import type { Certificate } from "../../api/certificates";
import { CatalogSelect } from "../../components/catalog/CatalogSelect";
import layout from "../../components/layout.module.css";
import type { BulkInput } from "./actions";
import type { ActionName } from "./selected";

interface OptionsProps {
  action: ActionName;
  input: BulkInput;
  rows: readonly Certificate[];
  onChange: (changes: Partial<BulkInput>) => void;
}

/** What the action needs to know. */
export function Options({ action, input, rows, onChange }: OptionsProps) {
  if (action === "reassign") return <Reassign input={input} onChange={onChange} />;
  if (action === "tags") return <Tags input={input} rows={rows} onChange={onChange} />;
  if (action === "archive") return <Archive input={input} onChange={onChange} />;
  return (
    <Text size="sm">
      Each certificate gets a renewal job. The agent of its targets generates a new key and submits the CSR; without an agent, the job waits
      24 hours for a CSR.
    </Text>
  );
}

type FormProps = Pick<OptionsProps, "input" | "onChange">;

function Reassign({ input, onChange }: FormProps) {
  return (
    <div className={layout.fields}>
      <CatalogSelect
        kind="owners"
        label="Owner"
        placeholder="Unchanged"
        value={input.owner_id}
        onChange={(owner_id) => onChange({ owner_id })}
      />
      <CatalogSelect
        kind="teams"
        label="Team"
        placeholder="Unchanged"
        value={input.team_id}
        onChange={(team_id) => onChange({ team_id })}
      />
    </div>
  );
}

function Tags({ input, rows, onChange }: Omit<OptionsProps, "action">) {
  const present = [...new Set(rows.flatMap(({ tags }) => Object.keys(tags)))].toSorted();
  return (
    <Stack>
      <TagsInput
        label="Add or replace"
        description="key=value; other tags stay"
        value={input.tags}
        onChange={(tags) => onChange({ tags })}
        acceptValueOnBlur
      />
      <TagsInput
        label="Remove"
        description="Keys"
        data={present}
        value={input.removed}
        onChange={(removed) => onChange({ removed })}
        acceptValueOnBlur
      />
    </Stack>
  );
}

function Archive({ input, onChange }: FormProps) {
  return (
    <Radio.Group
      aria-label="Valid versions"
      value={input.keepValid ? "keep" : "refuse"}
      onChange={(value) => onChange({ keepValid: value === "keep" })}
    >
      <Stack gap="xs">
        <Radio value="refuse" label="Only those without valid versions" description="The others are refused and stay unchanged." />
        <Radio
          value="keep"
          label="All of them"
          description="Valid versions stay valid until they expire: archiving does not revoke them."
        />
      </Stack>
    </Radio.Group>
  );
}
