import { Select } from "@mantine/core";

import { useSession } from "../../../components/session";
import { permissionsOf, ROLE_LABELS } from "../../Settings/grants";
import { Expiry, KeyName } from "../../Settings/KeyFields";
import { LimitFields } from "../../Settings/KeyLimits";
import { type DraftFields, EMPTY_DRAFT, type KeyDraft, mayRequest } from "../../Settings/keyDraft";
import { NewKeyModal } from "../../Settings/NewKeyModal";
import { type RoleGrant, rolesOf } from "./grants";

export interface Account {
  id: string;
  name: string;
  enabled: boolean;
  /** All that it has. */
  grants: readonly RoleGrant[];
}

interface NewAccountKeyProps {
  account: Account;
  opened: boolean;
  onClose: () => void;
}

/** A key that acts for the account. */
export function NewAccountKey({ account, opened, onClose }: NewAccountKeyProps) {
  return (
    <NewKeyModal title={`New key of ${account.name}`} opened={opened} onClose={onClose} first={{ ...EMPTY_DRAFT, account: account.id }}>
      {(fields) => <AccountKeyFields account={account} {...fields} />}
    </NewKeyModal>
  );
}

const ALL_ROLES = "";

function AccountKeyFields({ account, draft, onChange, problems }: DraftFields & { account: Account }) {
  const { can } = useSession();
  const change = (fields: Partial<KeyDraft>) => onChange({ ...draft, ...fields });
  const roles = rolesOf(account.grants);
  const chosen = draft.role === null ? roles : [draft.role];
  const permissions = [...new Set(chosen.flatMap(permissionsOf))];
  return (
    <>
      <KeyName draft={draft} change={change} problem={problems.name} hint="Where it is used: deploy-pipeline, cluster-2." />
      <Select
        label="Role"
        value={draft.role ?? ALL_ROLES}
        onChange={(role) => change({ role: role === null || role === ALL_ROLES ? null : role, actions: [], names: [] })}
        data={[{ value: ALL_ROLES, label: "All roles of the account" }, ...roles.map((value) => ({ value, label: ROLE_LABELS[value] }))]}
        allowDeselect={false}
      />
      <Expiry draft={draft} change={change} problem={problems.day} hint="At most 400 days ahead." />
      <LimitFields
        draft={draft}
        onChange={onChange}
        problems={problems}
        permissions={permissions.filter(can)}
        hasNames={chosen.some(mayRequest)}
      />
    </>
  );
}
