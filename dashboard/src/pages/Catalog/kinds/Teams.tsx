import { Alert } from "@mantine/core";

import type { Row } from "../../../api/catalog";
import { CatalogPage } from "../CatalogPage";
import type { Description } from "../kind";
import { EACH_ON_ENTER, EMAIL, NAME, WEEKLY_DIGEST } from "../sharedFields";
import { DigestPreview, digestInWords } from "./DigestPreview";
import { EXEMPT_DAYS, NamesPreview } from "./NamesPreview";

type Team = Row<"teams">;

const MOST_IN_LIST = 3;
const ANYTHING = "*:*";

/** Of another team, to who is limited to teams. */
const NOT_SHOWN = "Not shown: another team's";

/** In a list. */
function namesInWords({ allowed_names }: Team): string {
  if (allowed_names === null) return "–";
  if (allowed_names.length === 0) return "None";
  const others = allowed_names.length - MOST_IN_LIST;
  return allowed_names.slice(0, MOST_IN_LIST).join(", ") + (others > 0 ? ` and ${others.toLocaleString("en")} more` : "");
}

function allNames({ allowed_names }: Team): string {
  if (allowed_names === null) return NOT_SHOWN;
  return allowed_names.length === 0 ? "None: nothing can be issued for this team" : allowed_names.join(", ");
}

function More({ row }: { row: Team }) {
  return (
    <>
      <NamesWarning row={row} />
      <DigestPreview key={row.id} of={{ team_id: row.id }} />
    </>
  );
}

function NamesWarning({ row }: { row: Team }) {
  if (row.allowed_names?.includes(ANYTHING) !== true) return null;
  return (
    <Alert color="yellow" title="This team may have any name" role="status">
      Its certificates may have every name that no other team lists more specifically. Edit the team to list the names that it needs: a
      preview in the form shows which certificates that would refuse.
    </Alert>
  );
}

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
    { id: "names", title: "Names", width: "30%", cell: namesInWords },
    { id: "description", title: "Description", hideWhenNarrow: true, cell: (row) => row.description || "–" },
    { id: "email", title: "Email address", width: "22%", hideWhenNarrow: true, cell: (row) => row.email ?? "–" },
  ],
  facts: (row) => [
    { term: "Names", value: allNames(row) },
    { term: "Description", value: row.description || "–" },
    { term: "Email address", value: row.email ?? "None" },
    { term: "Weekly digest", value: digestInWords(row) },
  ],
  sections: () => [
    {
      fields: [
        NAME,
        { ...EMAIL, hint: "Receives the alerts about certificates whose owner has no email address." },
        { name: "description", label: "Description", form: "lines" },
      ],
    },
    {
      title: "Names in certificates",
      hint: "The most specific pattern of all teams wins: only teams that list it get the name. Without any, nothing can be issued for this team.",
      fields: [
        {
          name: "allowed_names",
          label: "Names",
          form: "list",
          placeholder: "None",
          hint: `DNS:*.example.com (one label), DNS:**.example.com (any depth), IP:10.0.0.0/8, URI:spiffe://example.com/*, email:*@example.com, or *:* for any name. ${EACH_ON_ENTER}`,
        },
        {
          name: "exempt_days",
          label: "Renew refused certificates for",
          form: "number",
          min: 0,
          max: 365,
          fallback: EXEMPT_DAYS,
          unit: "days",
          hint: "Certificates that this change refuses can be renewed unchanged for so long. 0: they are refused immediately.",
        },
      ],
    },
    WEEKLY_DIGEST,
  ],
  Trial: NamesPreview,
  More,
  deletion: "It disappears from all lists immediately. Its name and ID can be used again a few minutes later.",
};

export default function Teams() {
  return <CatalogPage of={TEAMS} />;
}
