import { StatusBadge } from "../../../components/StatusBadge";
import { Time } from "../../../components/Time";
import { CatalogPage } from "../CatalogPage";
import type { Field, Section } from "../fields";
import type { Description } from "../kind";
import { Settings } from "../Settings";
import { EACH_ON_ENTER, ENABLED, NAME, PAIRS } from "../sharedFields";

const TYPES = [
  { value: "GenericCA", label: "CA of this stack" },
  { value: "ACME", label: "ACME (RFC 8555)" },
];

const ZONES: Field = {
  name: "config.hosted_zones",
  label: "Hosted zones",
  form: "list",
  codec: PAIRS,
  isNeeded: true,
  placeholder: "example.com=Z0123456789",
  hint: `Domains and the ids of their Route 53 zones. ${EACH_ON_ENTER}`,
};

const ACME: readonly Field[] = [
  { name: "config.directory_url", label: "Directory", form: "text", isNeeded: true, placeholder: "https://acme.example.com/directory", pattern: /^https:\/\//, says: "An https URL." },
  { name: "config.profile", label: "Profile", form: "text", hint: "One that the directory names." },
  { name: "config.terms_of_service_agreed", label: "I have read and agree to the CA's terms of service", form: "switch", fallback: false, isNeeded: true },
  { name: "config.contacts", label: "Contacts", form: "list", placeholder: "mailto:pki@example.com", hint: EACH_ON_ENTER },
  {
    name: "config.challenge",
    label: "Challenge",
    form: "choice",
    options: [
      { value: "http-01", label: "http-01" },
      { value: "dns-01", label: "dns-01 (Route 53)" },
    ],
    fallback: "http-01",
  },
];

const ACCOUNT: Section = {
  title: "External account",
  hint: "Where the CA demands one: both, or neither.",
  fields: [
    { name: "config.external_account.key_id", label: "Key id", form: "text" },
    {
      name: "config.external_account.hmac_secret",
      label: "Name of the secret",
      form: "text",
      placeholder: "certctl/<stack>/issuers/<name>",
      hint: "In Secrets Manager. Never the secret itself.",
      pattern: /^\/?certctl\/[A-Za-z0-9-]+\/issuers\/[A-Za-z0-9][A-Za-z0-9_.-]*$/,
      says: "The name of a secret, certctl/<stack>/issuers/<name>, never the secret itself.",
    },
  ],
};

const BUNDLE: Field = { name: "config.ca_bundle", label: "CA bundle", form: "lines", placeholder: "-----BEGIN CERTIFICATE-----", hint: "PEM certificates, for a server with roots of its own." };

const ISSUERS: Description<"issuers"> = {
  kind: "issuers",
  title: "Issuers",
  one: "issuer",
  icon: "building",
  description: "The certificate authorities that sign.",
  empty: "Without one, nothing can be signed.",
  write: "catalog:write",
  builtIns: ["iss-local"],
  types: TYPES,
  columns: [
    { id: "type", title: "Type", width: "180px", hideWhenNarrow: true, sortBy: (row) => row.type, cell: (row) => TYPES.find(({ value }) => value === row.type)?.label },
    { id: "state", title: "State", width: "120px", sortBy: (row) => Number(row.enabled), cell: (row) => <StatusBadge status={row.enabled ? "Enabled" : "Disabled"} tone={row.enabled ? "ok" : "idle"} /> },
  ],
  facts: (row) => [
    { term: "Type", value: TYPES.find(({ value }) => value === row.type)?.label },
    { term: "State", value: <StatusBadge status={row.enabled ? "Enabled" : "Disabled"} tone={row.enabled ? "ok" : "idle"} /> },
    ...(row.type === "ACME" ? [{ term: "Last answer", value: <Time at={row.last_contact?.succeeded_at} none="Never" /> }] : []),
    ...(row.last_contact?.failed_at ? [{ term: "Last failure", value: <><Time at={row.last_contact.failed_at} /> · {row.last_contact.error}</> }] : []),
  ],
  sections: (draft) => [
    { fields: [NAME, { name: "type", label: "Type", form: "choice", options: TYPES, fallback: "GenericCA", isFixed: true }, ENABLED] },
    ...(draft.type === "ACME"
      ? [{ title: "ACME", fields: [...ACME, ...(draft["config.challenge"] === "dns-01" ? [ZONES] : []), BUNDLE] }, ACCOUNT]
      : []),
  ],
  deletion: "Certificates can no longer be signed by it. It is gone from all lists at once.",
  test: "issuers",
  More: ({ row }) => <Settings config={row.config} />,
};

export default function Issuers() {
  return <CatalogPage of={ISSUERS} />;
}
