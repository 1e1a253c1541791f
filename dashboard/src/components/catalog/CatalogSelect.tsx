/** Records of the catalog to choose from, by name. */

import { Loader, MultiSelect, type OptionsFilter, Select } from "@mantine/core";
import { useState } from "react";

import type { CatalogKind } from "../../api/catalog";
import { useOptions } from "./options";

interface SharedProps {
  kind: CatalogKind;
  label: string;
  description?: string | undefined;
  /** What it is without a choice. */
  placeholder?: string | undefined;
  error?: string | undefined;
  required?: boolean;
  disabled?: boolean;
}

interface CatalogSelectProps extends SharedProps {
  /** "": none. */
  value: string;
  onChange: (id: string) => void;
}

interface CatalogMultiSelectProps extends SharedProps {
  value: readonly string[];
  /** What the choice of all is called, where there is one: it stands alone. */
  all?: string | undefined;
  onChange: (ids: string[]) => void;
}

/** The API has chosen already. */
const asFound: OptionsFilter = ({ options }) => options;

/** What a Mantine select of such records needs. */
export function useSearchable(kind: CatalogKind, error: string | undefined, chosen: readonly string[]) {
  const [search, setSearch] = useState("");
  // Of a choice that was made, the input shows the label: that is no search.
  const { options, isWhole, isLoading, problem, retry } = useOptions(
    kind,
    search.endsWith(")") || chosen.includes(search) ? "" : search,
    chosen,
  );
  return {
    data: options,
    searchable: true,
    searchValue: search,
    onSearchChange: setSearch,
    onDropdownOpen: retry,
    nothingFoundMessage: isLoading ? "Searching…" : "No matches",
    error: error ?? problem,
    rightSection: isLoading ? <Loader size={14} aria-hidden /> : undefined,
    ...(!isWhole && { filter: asFound }),
  };
}

export function CatalogSelect({ kind, value, onChange, label, error, required = false, ...rest }: CatalogSelectProps) {
  const shared = useSearchable(kind, error, value === "" ? [] : [value]);
  return (
    <Select
      {...rest}
      {...shared}
      label={label}
      value={value === "" ? null : value}
      onChange={(id) => onChange(id ?? "")}
      required={required}
      clearable={!required}
      clearButtonProps={{ "aria-label": `Clear ${label.toLowerCase()}` }}
    />
  );
}

/** The value that stands for all. */
export const ALL = "*";

/** All of them or some: the later choice counts. */
function withAllAlone(before: readonly string[], chosen: string[]): string[] {
  if (!chosen.includes(ALL)) return chosen;
  return before.includes(ALL) ? chosen.filter((id) => id !== ALL) : [ALL];
}

export function CatalogMultiSelect({
  kind,
  value,
  onChange,
  label,
  error,
  required = false,
  placeholder,
  all,
  ...rest
}: CatalogMultiSelectProps) {
  const { data, ...shared } = useSearchable(
    kind,
    error,
    value.filter((id) => id !== ALL),
  );
  return (
    <MultiSelect
      {...rest}
      {...shared}
      data={all === undefined ? data : [{ value: ALL, label: all }, ...data]}
      label={label}
      value={[...value]}
      onChange={(chosen) => onChange(withAllAlone(value, chosen))}
      required={required}
      clearable
      clearButtonProps={{ "aria-label": `Clear ${label.toLowerCase()}` }}
      {...(value.length === 0 && placeholder !== undefined && { placeholder })}
    />
  );
}
