import { Anchor } from "@mantine/core";
import { Fragment } from "react";
import { Link } from "react-router";

import type { Row } from "../../../api/catalog";
import { useRecordName } from "../../../components/catalog/options";
import { Time } from "../../../components/Time";
import { AccountKeys } from "../accounts/AccountKeys";
import { AuditLink } from "../accounts/AuditLink";
import { EnabledBadge } from "../accounts/EnabledBadge";
import { GrantsShown } from "../accounts/GrantsShown";
import { RemainingAccess } from "../accounts/RemainingAccess";
import { SwitchAccount } from "../accounts/SwitchAccount";
import { UserSessions } from "../accounts/UserSessions";
import { CatalogPage } from "../CatalogPage";
import type { Description } from "../kind";
import { EMAIL } from "../sharedFields";
import { useMayWrite } from "../useRecords";
import { ProviderName } from "./accessParts";

type User = Row<"users">;

const allGrants = ({ grants, rule_grants }: User) => [...grants, ...rule_grants];

function Provider({ row }: { row: User }) {
  return row.provider_id === null ? "–" : <ProviderName id={row.provider_id} />;
}

function RuleName({ id }: { id: string }) {
  return (
    <Anchor component={Link} to={`/access-rules?open=${encodeURIComponent(id)}`} title={id} inherit>
      <bdi>{useRecordName("access-rules", id) ?? id}</bdi>
    </Anchor>
  );
}

function Rules({ ids }: { ids: readonly string[] }) {
  if (ids.length === 0) return "None";
  return ids.map((id, index) => (
    <Fragment key={id}>
      {index > 0 && ", "}
      <RuleName id={id} />
    </Fragment>
  ));
}

const USERS: Description<"users"> = {
  kind: "users",
  title: "Users",
  one: "user",
  icon: "user",
  description:
    "People. The first sign-in that an access rule admits creates a user; what access rules give is decided again at each sign-in.",
  empty: "People appear here after their first sign-in with an identity provider. Until then, create users with roles, and keys for them.",
  write: "users:write",
  hasGivenId: true,
  below: (row) => row.email ?? row.id,
  columns: [
    { id: "grants", title: "Roles", width: "26%", hideWhenNarrow: true, cell: (row) => <GrantsShown grants={allGrants(row)} /> },
    { id: "provider", title: "Identity provider", width: "18%", hideWhenNarrow: true, cell: (row) => <Provider row={row} /> },
    {
      id: "signed-in",
      title: "Last sign-in",
      width: "150px",
      hideWhenNarrow: true,
      sortBy: (row) => row.verified_at ?? "",
      cell: (row) => <Time at={row.verified_at} none="Never" />,
    },
    {
      id: "state",
      title: "Status",
      width: "120px",
      sortBy: (row) => Number(row.enabled),
      cell: (row) => <EnabledBadge enabled={row.enabled} />,
    },
  ],
  facts: (row) => [
    { term: "Status", value: <EnabledBadge enabled={row.enabled} /> },
    { term: "Email address", value: row.email ?? "None" },
    { term: "Identity provider", value: <Provider row={row} /> },
    { term: "Last sign-in", value: <Time at={row.verified_at} none="Never" /> },
    { term: "Roles given to the user", value: <GrantsShown grants={row.grants} /> },
    { term: "Roles by access rules", value: <GrantsShown grants={row.rule_grants} /> },
    { term: "Access rules at the last sign-in", value: <Rules ids={row.rules} /> },
    { term: "Known at the provider as", value: row.subject ?? "–" },
  ],
  sections: () => [
    {
      fields: [
        { name: "name", label: "Name", form: "text", hint: "People may have the same name.", isNeeded: true },
        EMAIL,
        { name: "grants", label: "Roles", form: "grants", hint: "Beside those of access rules. No more than your own." },
        { name: "enabled", label: "Enabled", form: "kept", fallback: true },
      ],
    },
  ],
  deletion:
    "Sessions and personal keys end for good: they write nothing from now on, and read nothing after 15 seconds. A person whom an access rule admits is a new user at the next sign-in: to lock that person out, disable the user.",
  Switch: Switched,
  More,
};

function Switched({ row }: { row: User }) {
  return (
    <SwitchAccount
      of={USERS}
      row={row}
      disabling="Sessions and personal keys stop: they write nothing from now on, and read nothing after 15 seconds. The person cannot sign in. Enabled again, what has not expired works again."
      enabling="The person can sign in again. Sessions and personal keys that have not expired work again."
    >
      <RemainingAccess userId={row.id} />
    </SwitchAccount>
  );
}

function More({ row }: { row: User }) {
  const mayManage = useMayWrite(USERS, row);
  return (
    <>
      {mayManage && <UserSessions userId={row.id} />}
      {mayManage && <AccountKeys account={{ ...row, grants: allGrants(row) }} title="Personal keys" none="No personal keys." />}
      {mayManage && <RemainingAccess userId={row.id} />}
      <AuditLink id={row.id} />
    </>
  );
}

export default function Users() {
  return <CatalogPage of={USERS} />;
}
