import { Radio, Stack, TagsInput, Text } from "@mantine/core";

import type { Certificate } from "../../api/certificates";
import { CatalogSelect } from "../../components/catalog/CatalogSelect";
import layout from "../../components/layout.module.css";
import type { Wish } from "./acts";
import type { ActName } from "./selected";

interface OptionsProps {
  act: ActName;
  wish: Wish;
  rows: readonly Certificate[];
  onChange: (changes: Partial<Wish>) => void;
}

/** What the act needs to know. */
export function Options({ act, wish, rows, onChange }: OptionsProps) {
  if (act === "reassign") return <Reassign wish={wish} onChange={onChange} />;
  if (act === "tags") return <Tags wish={wish} rows={rows} onChange={onChange} />;
  if (act === "archive") return <Archive wish={wish} onChange={onChange} />;
  return (
    <Text size="sm">
      Each certificate gets a renewal job. The agent of its targets generates a new key and submits the CSR; without an agent, the job waits
      24 hours for a CSR.
    </Text>
  );
}

type FormProps = Pick<OptionsProps, "wish" | "onChange">;

function Reassign({ wish, onChange }: FormProps) {
  return (
    <div className={layout.fields}>
      <CatalogSelect
        kind="owners"
        label="Owner"
        placeholder="Unchanged"
        value={wish.owner_id}
        onChange={(owner_id) => onChange({ owner_id })}
      />
      <CatalogSelect kind="teams" label="Team" placeholder="Unchanged" value={wish.team_id} onChange={(team_id) => onChange({ team_id })} />
    </div>
  );
}

function Tags({ wish, rows, onChange }: Omit<OptionsProps, "act">) {
  const present = [...new Set(rows.flatMap(({ tags }) => Object.keys(tags)))].toSorted();
  return (
    <Stack>
      <TagsInput
        label="Add or replace"
        description="key=value; other tags stay"
        value={wish.tags}
        onChange={(tags) => onChange({ tags })}
        acceptValueOnBlur
      />
      <TagsInput
        label="Remove"
        description="Keys"
        data={present}
        value={wish.removed}
        onChange={(removed) => onChange({ removed })}
        acceptValueOnBlur
      />
    </Stack>
  );
}

function Archive({ wish, onChange }: FormProps) {
  return (
    <Radio.Group
      aria-label="Valid versions"
      value={wish.keepValid ? "keep" : "refuse"}
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
