import { Select } from "@mantine/core";

import type { Role } from "../../../api/permissions";
import { useSession } from "../../../components/session";
import { ALL, CatalogMultiSelect } from "../../../components/catalog/CatalogSelect";
import { grantableRoles, ROLE_LABELS } from "../../Settings/grants";
import { type GrantDraft, grantOf, lineOf } from "./grants";
import { RemoveRow, RowsInput } from "../RowsInput";
import classes from "./Accounts.module.css";

interface GrantsInputProps {
  label: string;
  hint: string | undefined;
  /** A line for each: see `grants`. */
  value: readonly string[];
  onChange: (lines: string[]) => void;
  error: string | undefined;
}

/** Reach all teams, and nothing else. */
const OF_ALL_TEAMS: readonly Role[] = ["admin", "auditor"];

/** Roles, each once, with their teams. */
export function GrantsInput({ label, hint, value, onChange, error }: GrantsInputProps) {
  const { role: own } = useSession();
  const grants = value.map(grantOf);
  const offered = grantableRoles(own).filter((role) => role !== "agent");
  const free = offered.filter((role) => grants.every((grant) => grant.role !== role));
  const change = (after: readonly GrantDraft[]) => onChange(after.map(lineOf));
  const put = (index: number) => (grant: GrantDraft) => change(grants.map((before, at) => (at === index ? grant : before)));
  const add = () => free.at(-1) !== undefined && change([...grants, newGrant(free.at(-1) as Role)]);
  return (
    <RowsInput label={label} hint={hint} error={error} add="Add role" onAdd={free.length === 0 ? undefined : add}>
      {grants.map((grant, index) => (
        <GrantInput
          key={grant.role}
          grant={grant}
          roles={[grant.role, ...free]}
          onChange={put(index)}
          onRemove={() => change(grants.filter((each) => each !== grant))}
        />
      ))}
    </RowsInput>
  );
}

function newGrant(role: Role): GrantDraft {
  return { role, teams: OF_ALL_TEAMS.includes(role) ? [ALL] : [] };
}

interface GrantInputProps {
  grant: GrantDraft;
  roles: readonly Role[];
  onChange: (grant: GrantDraft) => void;
  onRemove: () => void;
}

function GrantInput({ grant, roles, onChange, onRemove }: GrantInputProps) {
  const { role, teams } = grant;
  const choose = (chosen: Role | null) =>
    chosen !== null && onChange({ ...newGrant(chosen), ...(teams.length > 0 && !OF_ALL_TEAMS.includes(chosen) && { teams }) });
  return (
    <div className={classes.grant}>
      <Select
        label="Role"
        value={role}
        onChange={choose}
        data={roles.map((value) => ({ value, label: ROLE_LABELS[value] }))}
        allowDeselect={false}
      />
      <CatalogMultiSelect
        kind="teams"
        label="Teams"
        value={teams}
        all="All teams"
        onChange={(chosen) => onChange({ role, teams: chosen })}
        required
      />
      <RemoveRow what={`role ${role}`} onRemove={onRemove} />
    </div>
  );
}
