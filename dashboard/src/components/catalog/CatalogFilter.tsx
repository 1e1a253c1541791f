import { Select } from "@mantine/core";

import type { CatalogKind } from "../../api/catalog";
import filterBar from "../FilterBar.module.css";
import { useSearchable } from "./CatalogSelect";

interface CatalogFilterProps {
  kind: CatalogKind;
  label: string;
  value: string | undefined;
  onChange: (id: string | null) => void;
}

/** One record of the catalog to filter by; as `SelectFilter`, within a `FilterBar`. */
export function CatalogFilter({ kind, label, value, onChange }: CatalogFilterProps) {
  const searchable = useSearchable(kind, undefined, value === undefined ? [] : [value]);
  return (
    <Select
      {...searchable}
      aria-label={label}
      placeholder={label}
      value={value ?? null}
      onChange={onChange}
      clearable
      className={filterBar.field ?? ""}
      comboboxProps={{ width: "max-content", position: "bottom-start" }}
      clearButtonProps={{ "aria-label": `Clear ${label.toLowerCase()}`, tabIndex: -1 }}
    />
  );
}
