import { Select } from "@mantine/core";
import { useState } from "react";

import classes from "./FilterBar.module.css";

interface PickFilterProps {
  label: string;
  value: string | undefined;
  onChange: (value: string | null) => void;
  options: readonly { value: string; label: string }[];
}

/** A filter that is searched by words or by id. What is typed and no option has can be taken as an id. */
export function PickFilter({ label, value, onChange, options }: PickFilterProps) {
  const [search, setSearch] = useState("");
  const known = (text: string) => options.some((option) => option.value === text || option.label === text);
  const others = [value ?? "", search.trim()].filter((text, index, all) => text !== "" && !known(text) && all.indexOf(text) === index);
  return (
    <Select
      aria-label={label}
      placeholder={label}
      value={value ?? null}
      onChange={onChange}
      data={[...options, ...others.map((text) => ({ value: text, label: text }))]}
      searchable
      searchValue={search}
      onSearchChange={setSearch}
      clearable
      className={classes.field ?? ""}
      comboboxProps={{ width: "max-content", position: "bottom-start" }}
      clearButtonProps={{ "aria-label": `Clear ${label.toLowerCase()}`, tabIndex: -1 }}
    />
  );
}
