import type { Row } from "../../../api/catalog";
import { GRANTS } from "../../../api/permissions";
import { useRecordName } from "../../../components/catalog/options";
import { StatusBadge } from "../../../components/StatusBadge";
import { CatalogPage } from "../CatalogPage";
import { claimsInWords, CLAIM_RULES } from "../claimRules";
import { inWords } from "../duration";
import type { Codec } from "../codec";
import type { Description } from "../kind";
import { EACH_ON_ENTER, ENABLED, NAME } from "../sharedFields";
import { ProviderName } from "./accessParts";
import { TrustPreview, TrustTrial } from "./TrustPreview";

type Rule = Row<"trust-rules">;

const PERMISSIONS = Object.keys(GRANTS)
  .filter((permission) => permission !== "agent:work")
  .map((permission) => ({ value: permission, label: permission }));

const SINGLE_USE = [
  { value: "", label: "Default of the provider" },
  { value: "true", label: "Once" },
  { value: "false", label: "Any number of times" },
];

/** An empty list is no limit, which the API calls null. */
const ALL_IF_EMPTY: Codec = {
  read: (json) => (Array.isArray(json) ? json.map(String) : []),
  write: (texts) => (texts.length === 0 ? null : texts),
};

function AccountName({ id }: { id: string }) {
  return <bdi title={id}>{useRecordName("service-accounts", id) ?? id}</bdi>;
}

function State({ row }: { row: Rule }) {
  return row.enabled ? <StatusBadge status="Enabled" tone="ok" /> : <StatusBadge status="Disabled" tone="idle" />;
}

const usesInWords = ({ single_use }: Rule) => SINGLE_USE.find(({ value }) => value === String(single_use ?? ""))?.label;

const TRUST_RULES: Description<"trust-rules"> = {
  kind: "trust-rules",
  title: "Trust rules",
  one: "trust rule",
  icon: "key",
  description: "Which tokens of an identity provider act as which service account. All claims of a rule must hold.",
  empty: "With a trust rule, CI jobs, pods and IAM roles need no API key.",
  write: "trust-rules:write",
  below: (row) => claimsInWords(row.claims),
  columns: [
    { id: "state", title: "Status", width: "120px", sortBy: (row) => Number(row.enabled), cell: (row) => <State row={row} /> },
    {
      id: "provider",
      title: "Identity provider",
      width: "22%",
      hideWhenNarrow: true,
      cell: (row) => <ProviderName id={row.provider_id} />,
    },
    {
      id: "account",
      title: "Service account",
      width: "22%",
      hideWhenNarrow: true,
      cell: (row) => <AccountName id={row.service_account_id} />,
    },
  ],
  facts: (row) => [
    { term: "Status", value: <State row={row} /> },
    { term: "Identity provider", value: <ProviderName id={row.provider_id} /> },
    { term: "Service account", value: <AccountName id={row.service_account_id} /> },
    { term: "Claims", value: claimsInWords(row.claims) },
    { term: "Audience", value: row.audience ?? "The URL of this stack" },
    { term: "Credential valid for", value: inWords(row.lifetime_seconds) },
    { term: "Oldest accepted token", value: inWords(row.max_token_age_seconds) },
    { term: "Use of each token", value: usesInWords(row) },
    { term: "Names", value: row.names?.join(", ") ?? "All of the teams" },
    { term: "Permissions", value: row.actions?.join(", ") ?? "All of the service account" },
  ],
  sections: () => [
    {
      fields: [
        NAME,
        { name: "provider_id", label: "Identity provider", form: "record", of: "identity-providers", isNeeded: true },
        { name: "service_account_id", label: "Service account", form: "record", of: "service-accounts", isNeeded: true },
        ENABLED,
      ],
    },
    {
      title: "Which tokens",
      hint: "Several values are separated by commas: a token needs one of them.",
      fields: [
        {
          name: "claims",
          label: "Claims",
          form: "list",
          codec: CLAIM_RULES,
          isOfProvider: true,
          isNeeded: true,
        },
        {
          name: "audience",
          label: "Audience",
          form: "text",
          placeholder: "https://certs.example.com",
          hint: "If left empty, the URL of this stack.",
        },
        {
          name: "single_use",
          label: "Use of each token",
          form: "choice",
          options: SINGLE_USE,
          fallback: "",
          isBoolean: true,
          hint: "By default once for GitHub and AWS, else any number of times.",
        },
        {
          name: "max_token_age_seconds",
          label: "Oldest accepted token",
          form: "duration",
          fallback: 3600,
          hint: "Since it was issued: a minute to a day.",
        },
      ],
    },
    {
      title: "What they get",
      fields: [
        { name: "lifetime_seconds", label: "Credential valid for", form: "duration", fallback: 900, hint: "A minute to an hour." },
        {
          name: "names",
          label: "Names",
          form: "list",
          codec: ALL_IF_EMPTY,
          placeholder: "DNS:**.ci.example.com",
          hint: `Patterns of the names that may be requested. ${EACH_ON_ENTER} If left empty, all names of the teams.`,
        },
        {
          name: "actions",
          label: "Permissions",
          form: "list",
          options: PERMISSIONS,
          codec: ALL_IF_EMPTY,
          hint: "If left empty, all of the service account.",
        },
      ],
    },
  ],
  deletion: "From now on it admits no token. Credentials that it gave work until they expire.",
  Trial: TrustTrial,
  More: TrustPreview,
};

export default function TrustRules() {
  return <CatalogPage of={TRUST_RULES} />;
}
