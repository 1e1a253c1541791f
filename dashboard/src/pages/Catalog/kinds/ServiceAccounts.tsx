import type { Row } from "../../../api/catalog";
import { CatalogLink } from "../../../components/catalog/CatalogName";
import { counted } from "../../../components/words/count";
import { AccountKeys } from "../accounts/AccountKeys";
import { AuditLink } from "../accounts/AuditLink";
import { EnabledBadge } from "../accounts/EnabledBadge";
import { GrantsShown } from "../accounts/GrantsShown";
import { RuleLinks } from "../accounts/RuleLinks";
import { SwitchAccount } from "../accounts/SwitchAccount";
import classes from "../Catalog.module.css";
import { CatalogPage } from "../CatalogPage";
import type { Description } from "../kind";
import { NAME, TEAM } from "../sharedFields";
import { useMayWrite } from "../useRecords";

type Account = Row<"service-accounts">;

function limitInWords({ issues_per_day, issues_today }: Account): string {
  if (issues_per_day === null) return "Any number";
  const limit = counted(issues_per_day, "certificates");
  return issues_today === undefined ? limit : `${limit}, ${issues_today} of them used today`;
}

const SERVICE_ACCOUNTS: Description<"service-accounts"> = {
  kind: "service-accounts",
  title: "Service accounts",
  one: "service account",
  icon: "agent",
  description:
    "Machines that use the API: pipelines, operators in clusters, scrapers. What an account may do bounds all its keys and tokens.",
  empty: "Create one for each pipeline or program, and give it keys, or trust rules that need none.",
  write: "service-accounts:write",
  hasTeam: true,
  hasGivenId: true,
  below: (row) => row.description || row.id,
  columns: [
    { id: "grants", title: "Roles", width: "28%", hideWhenNarrow: true, cell: (row) => <GrantsShown grants={row.grants} /> },
    {
      id: "team",
      title: "Team",
      width: "18%",
      hideWhenNarrow: true,
      cell: (row) => <CatalogLink kind="teams" id={row.team_id} className={classes.above} />,
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
    { term: "Team", value: <CatalogLink kind="teams" id={row.team_id} /> },
    { term: "Description", value: row.description || "None" },
    { term: "Roles", value: <GrantsShown grants={row.grants} /> },
    { term: "Certificates a day", value: limitInWords(row) },
  ],
  sections: () => [
    {
      fields: [
        { ...NAME },
        { ...TEAM, hint: "Answers for it. If left empty, your only team." },
        { name: "description", label: "Description", form: "text", placeholder: "Deploys the shop" },
        {
          name: "issues_per_day",
          label: "Certificates a day",
          form: "number",
          min: 1,
          max: 100_000,
          hint: "It may request or renew so many a day (UTC). If left empty, any number.",
        },
        {
          name: "grants",
          label: "Roles",
          form: "grants",
          isNeeded: true,
          hint: "No more than your own. No role reaches the teams of another.",
        },
        { name: "enabled", label: "Enabled", form: "kept", fallback: true },
      ],
    },
  ],
  deletion:
    "Its keys and tokens end for good: they write nothing from now on, and read nothing after 15 seconds. One that a trust rule leads to cannot be deleted, only disabled.",
  Switch: Switched,
  More,
};

function Switched({ row }: { row: Account }) {
  return (
    <SwitchAccount
      of={SERVICE_ACCOUNTS}
      row={row}
      disabling="All its keys and tokens stop: they write nothing from now on, and read nothing after 15 seconds. Trust rules give it no tokens. Enabled again, its keys work again until they expire."
      enabling="Its keys work again until they expire, and its trust rules give it tokens."
    />
  );
}

function More({ row }: { row: Account }) {
  const mayManage = useMayWrite(SERVICE_ACCOUNTS, row);
  return (
    <>
      {mayManage && <AccountKeys account={row} title="Keys" none="No keys." />}
      <RuleLinks title="Trust rules" wanted={{ service_account_id: row.id }} none="No trust rule leads to it: only keys act as it." />
      <AuditLink id={row.id} />
    </>
  );
}

export default function ServiceAccounts() {
  return <CatalogPage of={SERVICE_ACCOUNTS} />;
}
