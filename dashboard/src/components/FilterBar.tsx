/** Filters live in the address: a filtered page can be linked to, and the way back keeps it. */

import { Button, CloseButton, Select, TextInput } from "@mantine/core";
import { type ReactNode, useCallback, useMemo, useState } from "react";

import { useAddress } from "./address";
import classes from "./FilterBar.module.css";
import { Icon } from "./Icon";
import { useIsNarrow } from "./narrow";
import { useTyped } from "./typed";

export type Filters<Name extends string> = Partial<Record<Name, string>>;

/** `values` has only what is set; `set` with an empty value takes a filter away. */
export function useFilters<Name extends string>(names: readonly Name[]) {
  const { parameters, set: change } = useAddress();
  const values = useMemo(() => {
    const set = names.map((name) => [name, parameters.get(name)] as const).filter(([, value]) => value);
    return Object.fromEntries(set) as Filters<Name>;
  }, [names, parameters]);
  const set = useCallback((name: Name, value: string | null) => change({ [name]: value }), [change]);
  const clear = useCallback(() => change(Object.fromEntries(names.map((name) => [name, null]))), [names, change]);
  return { values, set, clear, count: Object.keys(values).length };
}

interface FilterBarProps {
  children: ReactNode;
  count: number;
  onClear: () => void;
  /** What is seldom needed, shown on demand. */
  more?: ReactNode;
  /** How many of the filters under `more` are set: it then opens by itself. */
  moreCount?: number;
}

export function FilterBar({ children, count, onClear, more, moreCount = 0 }: FilterBarProps) {
  const [isOpen, setOpen] = useState(moreCount > 0);
  const [isUnfolded, setUnfolded] = useState(false);
  const isNarrow = useIsNarrow();
  return (
    <search className={classes.bar} aria-label="Filters" data-folded={isNarrow && !isUnfolded}>
      <div className={classes.row}>
        {children}
        {isNarrow && (
          <Button
            variant="default"
            leftSection={<Icon name="filter" size={15} />}
            aria-expanded={isUnfolded}
            onClick={() => setUnfolded(!isUnfolded)}
          >
            {count > 0 ? `Filters (${count})` : "Filters"}
          </Button>
        )}
        {more !== undefined && (!isNarrow || isUnfolded) && (
          <Button variant="default" leftSection={<Icon name="filter" size={15} />} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {moreCount > 0 ? `More (${moreCount})` : "More"}
          </Button>
        )}
        {count > 0 && (
          <Button variant="subtle" color="gray" onClick={onClear}>
            Clear filters
          </Button>
        )}
      </div>
      {isOpen && (!isNarrow || isUnfolded) && <div className={classes.row}>{more}</div>}
    </search>
  );
}

interface FilterProps {
  label: string;
  value: string | undefined;
  onChange: (value: string | null) => void;
}

interface SelectFilterProps extends FilterProps {
  options: readonly { value: string; label: string }[];
}

export function SelectFilter({ label, value, onChange, options }: SelectFilterProps) {
  return (
    <Select
      aria-label={label}
      placeholder={label}
      value={value ?? null}
      onChange={onChange}
      data={[...options]}
      clearable
      className={classes.field ?? ""}
      clearButtonProps={{ "aria-label": `Clear ${label.toLowerCase()}`, tabIndex: -1 }}
    />
  );
}

interface TextFilterProps extends FilterProps {
  placeholder?: string;
  isSearch?: boolean;
}

/** Applied when typing pauses. */
export function TextFilter({ label, value = "", onChange, placeholder, isSearch = false }: TextFilterProps) {
  const { text, type } = useTyped(value, onChange);
  return (
    <TextInput
      aria-label={label}
      placeholder={placeholder ?? label}
      value={text}
      onChange={(event) => type(event.currentTarget.value)}
      leftSection={isSearch ? <Icon name="search" size={15} /> : undefined}
      rightSection={text !== "" && <CloseButton size="sm" aria-label={`Clear ${label.toLowerCase()}`} onClick={() => type("")} />}
      className={(isSearch ? classes.search : classes.field) ?? ""}
    />
  );
}

/** Two days that belong together and wrap together. */
export function DayRange({ children }: { children: ReactNode }) {
  return <div className={classes.range}>{children}</div>;
}

/** A day; `onChange` gets it as YYYY-MM-DD. */
export function DayFilter({ label, value, onChange }: FilterProps) {
  return (
    <TextInput
      type="date"
      label={label}
      value={value ?? ""}
      onChange={(event) => onChange(event.currentTarget.value)}
      classNames={{ root: classes.day ?? "", label: classes.dayLabel ?? "" }}
    />
  );
}
