import type { Row } from "../../../api/catalog";
import { rulesInWords } from "../../../components/pki/subject";
import { StatusBadge } from "../../../components/StatusBadge";
import { CatalogPage } from "../CatalogPage";
import { inWords } from "../duration";
import type { Description } from "../kind";
import { KEY_OPTIONS, KEY_RULES, keysInWords } from "../profiles/keyRules";
import { POLICIES, policyInWords } from "../profiles/policies";
import { ProfileTeams } from "../profiles/ProfileTeams";
import { EACH_ON_ENTER, NAME } from "../sharedFields";

type Profile = Row<"profiles">;

function Approval({ row }: { row: Profile }) {
  return row.requires_approval ? (
    <StatusBadge status={row.approvals_required === 1 ? "Required" : `By ${String(row.approvals_required)} people`} tone="warn" />
  ) : (
    "–"
  );
}

function approvalInWords({ requires_approval, approvals_required }: Profile): string {
  if (!requires_approval) return "Not required";
  return approvals_required === 1
    ? "By someone other than the requester"
    : `By ${String(approvals_required)} people other than the requester`;
}

const PROFILES: Description<"profiles"> = {
  kind: "profiles",
  title: "Profiles",
  one: "profile",
  icon: "profile",
  description: "What a CSR may request, the key usage of certificates, and how long they are valid.",
  empty: "Certificates without a profile of their own use the default profile for servers.",
  write: "catalog:write",
  builtIns: ["server", "mtls", "client"],
  below: (row) => row.description || row.id,
  columns: [
    { id: "usages", title: "Extended key usage", width: "26%", hideWhenNarrow: true, cell: (row) => row.extended_key_usages.join(", ") },
    { id: "ttl", title: "Valid for", width: "110px", sortBy: (row) => row.max_ttl_seconds, cell: (row) => inWords(row.max_ttl_seconds) },
    { id: "keys", title: "Keys", width: "22%", hideWhenNarrow: true, cell: (row) => keysInWords(row.keys) },
    { id: "teams", title: "Teams", width: "150px", hideWhenNarrow: true, cell: (row) => <ProfileTeams teams={row.teams} /> },
    { id: "approval", title: "Approval", width: "110px", hideWhenNarrow: true, cell: (row) => <Approval row={row} /> },
  ],
  facts: (row) => [
    { term: "Description", value: row.description || "–" },
    { term: "Extended key usage", value: row.extended_key_usages.join(", ") },
    { term: "Valid for", value: inWords(row.max_ttl_seconds) },
    { term: "Keys", value: keysInWords(row.keys) },
    { term: "Names", value: row.san_patterns.length === 0 ? "Any" : row.san_patterns.join(", ") },
    { term: "Subject", value: rulesInWords(row.subject) || "The common name alone" },
    { term: "Certificate policies", value: row.policies.length === 0 ? "None" : row.policies.map(policyInWords).join(", ") },
    { term: "Teams", value: <ProfileTeams teams={row.teams} /> },
    { term: "Approval", value: approvalInWords(row) },
    {
      term: "Revocation status",
      value: row.no_rev_avail ? "None: certificates have noRevAvail" : "Certificates name a CRL, and OCSP if the CA has it",
    },
  ],
  sections: () => [
    {
      fields: [
        NAME,
        { name: "max_ttl_seconds", label: "Valid for", form: "duration", fallback: 17_280_000, hint: "10 minutes to 10 years." },
        { name: "description", label: "Description", form: "lines" },
        {
          name: "extended_key_usages",
          label: "Extended key usage",
          form: "usages",
          isNeeded: true,
          fallback: ["serverAuth"],
          hint: "Anything but TLS servers and clients needs teams below.",
        },
        {
          name: "no_rev_avail",
          label: "No revocation status (noRevAvail)",
          form: "switch",
          fallback: false,
          hint: "Valid for 7 days at most. Certificates name neither a CRL nor OCSP: clients accept a revoked one until it expires, and some refuse it, such as openssl with -crl_check.",
        },
      ],
    },
    {
      title: "What certificates say",
      fields: [
        {
          name: "subject",
          label: "Subject",
          form: "subject",
          hint: "Beside the common name. What is not here is dropped from CSRs. A pattern has * for any text.",
        },
        {
          name: "policies",
          label: "Certificate policies",
          form: "list",
          codec: POLICIES,
          placeholder: "None",
          hint: `OIDs, each with the URL of its certification practice statement if it has one: 1.3.6.1.4.1.32473.1=https://pki.example.com/cps. ${EACH_ON_ENTER}`,
        },
      ],
    },
    {
      title: "What may be requested",
      fields: [
        {
          name: "teams",
          label: "Teams",
          form: "records",
          of: "teams",
          isNullForNone: true,
          placeholder: "All teams",
          hint: "Whose certificates may have this profile.",
        },
        { name: "keys", label: "Keys", form: "list", options: KEY_OPTIONS, codec: KEY_RULES, placeholder: "Any that the CA accepts" },
        {
          name: "san_patterns",
          label: "Names",
          form: "list",
          placeholder: "Any",
          hint: `DNS:*.example.com (one label), DNS:**.example.com (any depth), IP:10.0.0.0/8, URI:spiffe://example.com/*, email:*@example.com. ${EACH_ON_ENTER}`,
        },
        {
          name: "requires_approval",
          label: "Requires approval",
          form: "switch",
          fallback: false,
          hint: "Each job waits until someone other than its requester approves it.",
        },
        {
          name: "approvals_required",
          label: "Approvals required",
          form: "number",
          min: 1,
          max: 3,
          fallback: 1,
          hint: "1 to 3 different people, if approval is required.",
        },
      ],
    },
  ],
  deletion: "It disappears from all lists immediately. Its name and ID can be used again a few minutes later.",
};

export default function Profiles() {
  return <CatalogPage of={PROFILES} />;
}
