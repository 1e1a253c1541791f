import { CatalogLink } from "../../../components/catalog/CatalogName";
import { CatalogPage } from "../CatalogPage";
import type { Description } from "../kind";
import { EMAIL, NAME, TEAM, WEEKLY_DIGEST } from "../sharedFields";
import classes from "../Catalog.module.css";
import { DigestPreview, digestInWords } from "./DigestPreview";

const OWNERS: Description<"owners"> = {
  kind: "owners",
  title: "Owners",
  one: "owner",
  icon: "user",
  description: "Who is responsible for a certificate and receives its alerts.",
  empty: "Certificates without an owner of their own belong to the default owner.",
  write: "owners:write",
  builtIns: ["o-default"],
  hasTeam: true,
  columns: [
    { id: "email", title: "Email address", hideWhenNarrow: true, cell: (row) => row.email ?? "–" },
    {
      id: "team",
      title: "Team",
      width: "28%",
      hideWhenNarrow: true,
      cell: (row) => <CatalogLink kind="teams" id={row.team_id} className={classes.above} />,
    },
  ],
  facts: (row) => [
    { term: "Email address", value: row.email ?? "None" },
    { term: "Team", value: <CatalogLink kind="teams" id={row.team_id} /> },
    { term: "Weekly digest", value: digestInWords(row) },
  ],
  sections: () => [
    { fields: [NAME, { ...EMAIL, hint: "Receives the alerts about the owner's certificates, and the weekly digest." }, TEAM] },
    WEEKLY_DIGEST,
  ],
  More: ({ row }) => <DigestPreview key={row.id} of={{ owner_id: row.id }} />,
  deletion: "It disappears from all lists immediately. Its name and ID can be used again a few minutes later.",
};

export default function Owners() {
  return <CatalogPage of={OWNERS} />;
}
