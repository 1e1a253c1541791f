import { Box } from "@mantine/core";

import type { Row } from "../../../api/catalog";
import { Can } from "../../../components/session";
import { CatalogPage } from "../CatalogPage";
import type { Description } from "../kind";
import { NAME } from "../sharedFields";
import { AccessPreview } from "./AccessPreview";
import { ProviderName, Teams } from "./accessParts";

type Rule = Row<"access-rules">;

const ROLES = [
  { value: "viewer", label: "Viewer" },
  { value: "operator", label: "Operator" },
  { value: "team-admin", label: "Team admin" },
  { value: "auditor", label: "Auditor (all teams)" },
  { value: "admin", label: "Administrator (all teams)" },
];

const claimInWords = ({ claim_path, values }: Rule) => `${claim_path.join(" > ")} is ${values.join(" or ")}`;

const ACCESS_RULES: Description<"access-rules"> = {
  kind: "access-rules",
  title: "Access rules",
  one: "access rule",
  icon: "key",
  description: "Which people of an identity provider get which role when they sign in. All matching rules add up.",
  empty: "Without a rule that matches, nobody can sign in with an identity provider.",
  write: "access-rules:write",
  below: claimInWords,
  columns: [
    { id: "role", title: "Role", width: "120px", sortBy: (row) => row.role, cell: (row) => row.role },
    { id: "teams", title: "Teams", width: "22%", hideWhenNarrow: true, cell: (row) => <Teams teams={row.teams} /> },
    {
      id: "provider",
      title: "Identity provider",
      width: "22%",
      hideWhenNarrow: true,
      cell: (row) => <ProviderName id={row.provider_id} />,
    },
  ],
  facts: (row) => [
    { term: "Identity provider", value: <ProviderName id={row.provider_id} /> },
    { term: "Claim", value: row.claim_path.join(" > ") },
    { term: "Values", value: row.values.join(", ") },
    { term: "Role", value: row.role },
    { term: "Teams", value: <Teams teams={row.teams} /> },
  ],
  sections: () => [
    { fields: [NAME, { name: "provider_id", label: "Identity provider", form: "record", of: "identity-providers", isNeeded: true }] },
    {
      title: "Who",
      hint: "People who have one of the values in the claim. Values are compared exactly. A rule about email also needs email_verified.",
      fields: [
        {
          name: "claim_path",
          label: "Claim",
          form: "list",
          isNeeded: true,
          placeholder: "groups",
          hint: "Its name; for a nested claim, the names that lead to it.",
        },
        {
          name: "values",
          label: "Values",
          form: "list",
          isNeeded: true,
          isOneByOne: true,
          placeholder: "pki-operators",
          hint: "Press Enter after each.",
        },
      ],
    },
    {
      title: "What they get",
      fields: [
        { name: "role", label: "Role", form: "choice", options: ROLES, fallback: "viewer" },
        {
          name: "teams",
          label: "Teams",
          form: "records",
          of: "teams",
          all: "All teams",
          isNeeded: true,
          hint: "Administrators and auditors reach all teams.",
        },
      ],
    },
  ],
  deletion: "From now on it admits nobody. Everyone who signed in by it loses what it gave until they sign in again.",
};

export default function AccessRules() {
  return (
    <>
      <CatalogPage of={ACCESS_RULES} />
      <Can permission="access-rules:write">
        <Box mt="md">
          <AccessPreview />
        </Box>
      </Can>
    </>
  );
}
