import { CatalogLink } from "../../../components/catalog/CatalogName";
import { CatalogPage } from "../CatalogPage";
import type { Description } from "../kind";
import { EMAIL, NAME, TEAM } from "../sharedFields";
import classes from "../Catalog.module.css";

const OWNERS: Description<"owners"> = {
  kind: "owners",
  title: "Owners",
  one: "owner",
  icon: "user",
  description: "Who answers for a certificate, and is told when it needs care.",
  empty: "Without an owner of their own, certificates belong to the default owner.",
  write: "catalog:write",
  builtIns: ["o-default"],
  hasTeam: true,
  columns: [
    { id: "email", title: "Mail address", hideWhenNarrow: true, cell: (row) => row.email ?? "–" },
    { id: "team", title: "Team", width: "28%", hideWhenNarrow: true, cell: (row) => <CatalogLink kind="teams" id={row.team_id} className={classes.above} /> },
  ],
  facts: (row) => [
    { term: "Mail address", value: row.email ?? "None" },
    { term: "Team", value: <CatalogLink kind="teams" id={row.team_id} /> },
  ],
  sections: () => [{ fields: [NAME, { ...EMAIL, hint: "Gets the alerts of the owner's certificates." }, TEAM] }],
  deletion: "It is gone from all lists at once. Its name and id are free again a few minutes later.",
};

export default function Owners() {
  return <CatalogPage of={OWNERS} />;
}
