import type { ReactNode } from "react";

import { useActorOptions } from "../../components/actors";
import { DayFilter, FilterBar, SelectFilter, TextFilter, type useFilters } from "../../components/FilterBar";
import { PickFilter } from "../../components/PickFilter";
import { ACTIONS } from "./actions";
import { inWords } from "./events";
import { ACTOR_TYPES, type FilterName, RESOURCE_TYPES } from "./filters";

interface AuditFilterBarProps extends ReturnType<typeof useFilters<FilterName>> {
  /** Before the filters: which events are listed. */
  children: ReactNode;
}

const UNDER_MORE = ["actor_type", "resource_id", "from", "to"] as const satisfies FilterName[];

const ACTION_OPTIONS = ACTIONS.map((value) => ({ value, label: `${inWords(value)} (${value})` }));

/** All are exact matches, as the API's. */
export function AuditFilterBar({ values, set, clear, count, children }: AuditFilterBarProps) {
  const actors = useActorOptions();
  const props = (name: FilterName) => ({ value: values[name], onChange: (value: string | null) => set(name, value) });
  return (
    <FilterBar
      count={count}
      onClear={clear}
      moreCount={UNDER_MORE.filter((name) => values[name] !== undefined).length}
      more={
        <>
          <TextFilter label="Resource ID" {...props("resource_id")} />
          <SelectFilter label="Actor type" options={ACTOR_TYPES} {...props("actor_type")} />
          <DayFilter label="From" {...props("from")} />
          <DayFilter label="To" {...props("to")} />
        </>
      }
    >
      {children}
      <PickFilter label="Actor" options={actors} {...props("actor")} />
      <PickFilter label="Action" options={ACTION_OPTIONS} {...props("action")} />
      <SelectFilter label="Resource" options={RESOURCE_TYPES} {...props("resource_type")} />
    </FilterBar>
  );
}
