import { CatalogPage } from "../CatalogPage";
import type { Description } from "../kind";
import { EMAIL, NAME } from "../sharedFields";

const TEAMS: Description<"teams"> = {
  kind: "teams",
  title: "Teams",
  one: "team",
  icon: "users",
  description: "Groups that share certificates. API keys can access the records of their teams.",
  empty: "Certificates without a team of their own belong to the default team.",
  write: "catalog:write",
  builtIns: ["t-default"],
  columns: [
    { id: "description", title: "Description", hideWhenNarrow: true, cell: (row) => row.description || "–" },
    { id: "email", title: "Email address", width: "28%", hideWhenNarrow: true, cell: (row) => row.email ?? "–" },
  ],
  facts: (row) => [
    { term: "Description", value: row.description || "–" },
    { term: "Email address", value: row.email ?? "None" },
  ],
  sections: () => [
    {
      fields: [
        NAME,
        { ...EMAIL, hint: "Receives the alerts about certificates whose owner has no email address." },
        { name: "description", label: "Description", form: "lines" },
      ],
    },
  ],
  deletion: "It disappears from all lists immediately. Its name and ID can be used again a few minutes later.",
};

export default function Teams() {
  return <CatalogPage of={TEAMS} />;
}
