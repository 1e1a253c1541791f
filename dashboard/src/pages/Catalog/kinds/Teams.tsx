import { CatalogPage } from "../CatalogPage";
import type { Description } from "../kind";
import { EMAIL, NAME } from "../sharedFields";

const TEAMS: Description<"teams"> = {
  kind: "teams",
  title: "Teams",
  one: "team",
  icon: "users",
  description: "Who owns certificates together: keys reach the records of their teams.",
  empty: "Without a team of their own, certificates belong to the default team.",
  write: "catalog:write",
  builtIns: ["t-default"],
  columns: [
    { id: "description", title: "Description", hideWhenNarrow: true, cell: (row) => row.description || "–" },
    { id: "email", title: "Mail address", width: "28%", hideWhenNarrow: true, cell: (row) => row.email ?? "–" },
  ],
  facts: (row) => [
    { term: "Description", value: row.description || "–" },
    { term: "Mail address", value: row.email ?? "None" },
  ],
  sections: () => [
    {
      fields: [
        NAME,
        { ...EMAIL, hint: "Gets the alerts of certificates whose owner has no address." },
        { name: "description", label: "Description", form: "lines" },
      ],
    },
  ],
  deletion: "It is gone from all lists at once. Its name and id are free again a few minutes later.",
};

export default function Teams() {
  return <CatalogPage of={TEAMS} />;
}
