import { MultiSelect, NumberInput, Select, Switch, TagsInput, Textarea, TextInput } from "@mantine/core";

import { CatalogMultiSelect, CatalogSelect } from "../../components/catalog/CatalogSelect";
import { GrantsInput } from "./accounts/GrantsInput";
import classes from "./Catalog.module.css";
import { DurationField } from "./DurationField";
import { ClaimsInput } from "./ClaimsInput";
import type { Draft, Field, FieldValue } from "./fields";
import { SubjectInput } from "./profiles/SubjectInput";
import { UsagesInput } from "./profiles/UsagesInput";

interface FieldInputProps {
  field: Field;
  value: FieldValue;
  onChange: (value: FieldValue) => void;
  problem: string | undefined;
  isNew: boolean;
  /** All that the form says: a field may depend on another. */
  draft: Draft;
}

const WIDE: readonly Field["form"][] = ["lines", "switch", "list", "records", "grants", "subject", "usages"];

export function FieldInput(props: FieldInputProps) {
  if (props.field.form === "kept") return null;
  const isWide = WIDE.includes(props.field.form);
  return (
    <div className={isWide ? classes.wide : ""}>
      <Input {...props} />
    </div>
  );
}

function Input({ field, value, onChange, problem, isNew, draft }: FieldInputProps) {
  const { label, hint, placeholder } = field;
  const shared = {
    label,
    description: hint,
    error: problem,
    required: field.isNeeded === true,
    disabled: field.isFixed === true && !isNew,
  };
  const text = String(value);
  switch (field.form) {
    case "text":
      return (
        <TextInput
          {...shared}
          placeholder={placeholder}
          value={text}
          onChange={(event) => onChange(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
        />
      );
    case "lines":
      return (
        <Textarea {...shared} placeholder={placeholder} value={text} onChange={(event) => onChange(event.currentTarget.value)} rows={3} />
      );
    case "number":
      return (
        <NumberInput
          {...shared}
          placeholder={placeholder}
          value={value as number | string}
          onChange={onChange}
          min={field.min}
          max={field.max}
          allowDecimal={false}
          {...(field.unit !== undefined && { suffix: ` ${field.unit}` })}
        />
      );
    case "duration":
      return <DurationField label={label} hint={hint} value={Number(value)} onChange={onChange} error={problem} />;
    case "switch":
      return (
        <Switch
          label={label}
          description={hint}
          error={problem}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case "choice":
      return (
        <Select
          {...shared}
          value={text}
          onChange={(chosen) => onChange(chosen ?? field.fallback)}
          data={[...field.options]}
          allowDeselect={false}
        />
      );
    case "list":
      if (field.isOfProvider) {
        const providerId = String(draft.provider_id ?? "");
        return <ClaimsInput providerId={providerId} lines={value as readonly string[]} onChange={onChange} problem={problem} />;
      }
      return <ListInput shared={{ ...shared, placeholder }} field={field} value={value as readonly string[]} onChange={onChange} />;
    case "grants":
      return <GrantsInput label={label} hint={hint} value={value as readonly string[]} onChange={onChange} error={problem} />;
    case "subject":
      return <SubjectInput label={label} hint={hint} value={value as readonly string[]} onChange={onChange} error={problem} />;
    case "usages":
      return <UsagesInput label={label} hint={hint} value={value as readonly string[]} onChange={onChange} error={problem} />;
    case "kept":
      return null;
    case "record":
      return <CatalogSelect {...shared} kind={field.of} placeholder={placeholder} value={text} onChange={onChange} />;
    case "records":
      return (
        <CatalogMultiSelect
          {...shared}
          kind={field.of}
          all={field.all}
          placeholder={placeholder}
          value={value as readonly string[]}
          onChange={onChange}
        />
      );
  }
}

interface ListInputProps {
  shared: { label: string; description: string | undefined; error: string | undefined; required: boolean; placeholder: string | undefined };
  field: Extract<Field, { form: "list" }>;
  value: readonly string[];
  onChange: (value: string[]) => void;
}

function ListInput({ shared: { placeholder, ...shared }, field, value, onChange }: ListInputProps) {
  const { options, allowsRepeats = false, isOneByOne = false } = field;
  const listed = {
    ...shared,
    value: [...value],
    onChange,
    clearable: true,
    clearButtonProps: { "aria-label": `Clear ${field.label.toLowerCase()}` },
    ...(value.length === 0 && placeholder !== undefined && { placeholder }),
  };
  if (options !== undefined) return <MultiSelect {...listed} data={[...options]} searchable />;
  return <TagsInput {...listed} splitChars={isOneByOne ? [] : [",", " ", "\n"]} allowDuplicates={allowsRepeats} acceptValueOnBlur />;
}
