import { MultiSelect, TagsInput } from "@mantine/core";

import { USAGES } from "./usages";

interface UsagesInputProps {
  label: string;
  hint: string | undefined;
  value: readonly string[];
  onChange: (usages: string[]) => void;
  error: string | undefined;
}

const isNamed = (usage: string) => USAGES.some(({ value }) => value === usage);

/** Extended key usages by name, and any other by its OID. */
export function UsagesInput({ label, hint, value, onChange, error }: UsagesInputProps) {
  const named = value.filter(isNamed);
  const others = value.filter((usage) => !isNamed(usage));
  return (
    <>
      <MultiSelect
        label={label}
        description={hint}
        error={error}
        data={[...USAGES]}
        value={named}
        onChange={(chosen) => onChange([...chosen, ...others])}
        required
        searchable
        clearable
        clearButtonProps={{ "aria-label": `Clear ${label.toLowerCase()}` }}
      />
      <TagsInput
        mt="sm"
        label="Other extended key usages"
        description="OIDs, such as 1.3.6.1.5.5.7.3.21. Press Enter or a comma after each."
        value={others}
        onChange={(typed) => onChange([...named, ...typed.map((text) => text.trim())])}
        splitChars={[",", " ", "\n"]}
        acceptValueOnBlur
        clearable
        clearButtonProps={{ "aria-label": "Clear other extended key usages" }}
      />
    </>
  );
}
