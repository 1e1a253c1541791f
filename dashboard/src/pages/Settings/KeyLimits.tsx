import { MultiSelect, TagsInput } from "@mantine/core";

import type { Permission } from "../../api/permissions";
import { permissionsOf } from "./grants";
import { type DraftFields, mayRequest } from "./keyDraft";

interface KeyLimitsProps extends DraftFields {
  /** What the key in use may do: a new one may do no more. */
  mayGive: (permission: Permission) => boolean;
}

/** What a key may do less than its role in its teams. */
export function KeyLimits({ draft, onChange, problems, mayGive }: KeyLimitsProps) {
  const permissions = draft.role === null ? [] : permissionsOf(draft.role);
  return (
    <LimitFields
      draft={draft}
      onChange={onChange}
      problems={problems}
      permissions={permissions.filter(mayGive)}
      hasNames={draft.role !== null && mayRequest(draft.role)}
    />
  );
}

interface LimitFieldsProps extends DraftFields {
  permissions: readonly Permission[];
  /** It may request certificates. */
  hasNames: boolean;
}

export function LimitFields({ draft, onChange, problems, permissions, hasNames }: LimitFieldsProps) {
  const { actions, names } = draft;
  const all = actions.length === 0 ? { placeholder: draft.role === null ? "All of its roles" : "All of its role" } : {};
  const any = names.length === 0 ? { placeholder: "Any of its teams" } : {};
  return (
    <>
      <MultiSelect
        label="Permissions"
        description="Limits the key to these. Include those for reading: it cannot see what it may not read."
        data={permissions.toSorted()}
        value={[...actions]}
        onChange={(chosen) => onChange({ ...draft, actions: chosen })}
        searchable
        clearable
        clearButtonProps={{ "aria-label": "Clear permissions" }}
        {...all}
      />
      {hasNames && (
        <TagsInput
          label="Names"
          description="Limits its requests to certificates whose names all match: DNS:**.example.com, IP:10.0.0.0/8. Press Enter or a comma after each."
          value={[...names]}
          onChange={(entered) => onChange({ ...draft, names: entered })}
          error={problems.names}
          splitChars={[",", " ", "\n"]}
          acceptValueOnBlur
          clearable
          clearButtonProps={{ "aria-label": "Clear names" }}
          {...any}
        />
      )}
    </>
  );
}
