import { TagsInput, TextInput } from "@mantine/core";

import type { RecordField } from "../api/recordFields";
import { CatalogMultiSelect, CatalogSelect } from "./catalog/CatalogSelect";
import { CatalogFilter } from "./catalog/CatalogFilter";
import { TextFilter } from "./FilterBar";

interface FieldInputProps {
  field: RecordField;
  value: string | readonly string[];
  onChange: (value: string | string[]) => void;
  error: string | undefined;
  placeholder?: string | undefined;
  required?: boolean;
  /** The input that a dialog opens in. */
  isFirst?: boolean;
}

/** The input of a field of a record, by its type. */
export function FieldInput({ field, value, onChange, error, placeholder, required = false, isFirst = false }: FieldInputProps) {
  const { label, help, type, refersTo } = field;
  const shared = { label, error, ...(help !== null && { description: help }) };
  if (typeof value !== "string") {
    if (refersTo !== null) return <CatalogMultiSelect {...shared} kind={refersTo} value={value} onChange={onChange} />;
    return <TagsInput {...shared} value={[...value]} onChange={onChange} acceptValueOnBlur />;
  }
  if (type === "id" && refersTo !== null)
    return <CatalogSelect {...shared} kind={refersTo} value={value} onChange={onChange} required={required} />;
  const change = (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value);
  return (
    <TextInput
      {...shared}
      value={value}
      onChange={change}
      required={required}
      placeholder={placeholder}
      data-autofocus={isFirst || undefined}
    />
  );
}

interface FieldFilterProps {
  field: RecordField;
  value: string | undefined;
  onChange: (value: string | null) => void;
}

/** The filter of a field: the records that it refers to, or a text. */
export function FieldFilter({ field: { label, refersTo }, ...rest }: FieldFilterProps) {
  if (refersTo !== null) return <CatalogFilter kind={refersTo} label={label} {...rest} />;
  return <TextFilter label={label} {...rest} />;
}
