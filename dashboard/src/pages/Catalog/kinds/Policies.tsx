import { Tabs } from "@mantine/core";

import type { Row } from "../../../api/catalog";
import { useAddress } from "../../../components/address";
import { CatalogLink } from "../../../components/catalog/CatalogName";
import { PageHeader } from "../../../components/PageHeader";
import { StatusBadge } from "../../../components/StatusBadge";
import { counted } from "../../../components/words/count";
import { fieldLabel } from "../../../components/words/fieldLabels";
import { CatalogList, NewButton } from "../CatalogPage";
import type { FieldValue, Section } from "../fields";
import type { Description } from "../kind";
import { EACH_ON_ENTER, ENABLED, NAME } from "../sharedFields";
import { EvaluationOf, evaluationInWords } from "./Evaluation";
import { PolicyPreview } from "./PolicyPreview";
import { ViolationList, ViolationsOf } from "./Violations";

type Policy = Row<"policies">;

const SEVERITIES = [
  { value: "Warning", label: "Warning: records violations" },
  { value: "Error", label: "Error: also refuses the request" },
  { value: "Critical", label: "Critical: also refuses the request" },
];

/** Of RequiredMetadata: domain/catalog/validation.py. */
const METADATA = ["name", "environment", "owner_id", "team_id", "profile_id", "target_ids"];

interface Rule {
  label: string;
  /** What the rule asks of a certificate. */
  hint: string;
  fields: Section["fields"];
}

const DAYS = { form: "number", min: 1, max: 3650, unit: "days", isNeeded: true } as const;

const RULES: Record<Policy["type"], Rule> = {
  AllowedIssuers: {
    label: "Allowed issuers",
    hint: "Certificates must come from one of these issuers.",
    fields: [{ name: "config.issuer_ids", label: "Issuers", form: "records", of: "issuers", isNeeded: true }],
  },
  AllowedDomains: {
    label: "Allowed domains",
    hint: "All names must be in these domains. *.example.com matches exactly one label below example.com: neither example.com itself nor a.b.example.com.",
    fields: [
      { name: "config.domains", label: "Domains", form: "list", isNeeded: true, placeholder: "*.example.com", hint: EACH_ON_ENTER },
      {
        name: "config.allow_ip",
        label: "Allow IP addresses",
        form: "switch",
        fallback: false,
        whenAbsent: true,
        hint: "IP addresses are in no domain. The same goes for URIs whose host is an IP address.",
      },
      {
        name: "config.allow_uri_without_host",
        label: "Allow URIs without a host",
        form: "switch",
        fallback: false,
        whenAbsent: true,
        hint: "Such as urn:uuid:...",
      },
    ],
  },
  RequiredMetadata: {
    label: "Required metadata",
    hint: "Certificates must have all of these tags, with any value, and none of these fields may be empty.",
    fields: [
      { name: "config.tags", label: "Tags", form: "list", placeholder: "cost-center", hint: EACH_ON_ENTER },
      { name: "config.fields", label: "Fields", form: "list", options: METADATA.map((value) => ({ value, label: fieldLabel(value) })) },
    ],
  },
  AllowedEnvironments: {
    label: "Allowed environments",
    hint: "Certificates must be in one of these environments.",
    fields: [
      { name: "config.environments", label: "Environments", form: "list", isNeeded: true, placeholder: "production", hint: EACH_ON_ENTER },
    ],
  },
  RenewalLeadTime: {
    label: "Renewal lead time",
    hint: "The certificate's renewal policy must start renewal early enough before expiry.",
    fields: [{ name: "config.min_days", label: "Before expiry", hint: "At least.", ...DAYS }],
  },
  CertificateLifetime: {
    label: "Certificate lifetime",
    hint: "Certificates must not be valid for longer.",
    fields: [{ name: "config.max_days", label: "Valid for", hint: "At most.", ...DAYS }],
  },
};

const TYPES = Object.entries(RULES).map(([value, { label }]) => ({ value, label }));

function ruleOf(type: FieldValue | undefined): Section {
  const { label, hint, fields } = RULES[typeof type === "string" && type in RULES ? (type as Policy["type"]) : "AllowedIssuers"];
  return { title: label, hint, fields };
}

function texts(config: Policy["config"], name: string): string[] {
  const value = config[name];
  return Array.isArray(value) ? value.map(String) : [];
}

/** In this CSR, in a few words. */
function inWords({ type, config }: Policy): string {
  if (type === "RenewalLeadTime") return `At least ${counted(Number(config.min_days), "days")}`;
  if (type === "CertificateLifetime") return `At most ${counted(Number(config.max_days), "days")}`;
  return ["issuer_ids", "domains", "environments", "tags", "fields"].flatMap((name) => texts(config, name)).join(", ");
}

function Requirements({ row }: { row: Policy }) {
  if (row.type !== "AllowedIssuers") return inWords(row);
  return (
    <>
      {texts(row.config, "issuer_ids").map((id) => (
        <div key={id}>
          <CatalogLink kind="issuers" id={id} />
        </div>
      ))}
    </>
  );
}

const POLICIES: Description<"policies"> = {
  kind: "policies",
  title: "Policies",
  one: "policy",
  icon: "policy",
  description:
    "Rules that certificates must follow when they are created, changed, issued and renewed. Existing certificates are evaluated when a rule changes.",
  empty: "A warning records violations; an error also refuses the request.",
  write: "catalog:write",
  types: TYPES,
  below: (row) => RULES[row.type].label,
  columns: [
    { id: "asks", title: "Requires", width: "26%", hideWhenNarrow: true, cell: inWords },
    {
      id: "severity",
      title: "Severity",
      width: "120px",
      sortBy: (row) => row.severity,
      cell: (row) => <StatusBadge status={row.severity} />,
    },
    {
      id: "state",
      title: "State",
      width: "120px",
      hideWhenNarrow: true,
      sortBy: (row) => Number(row.enabled),
      cell: (row) => <StatusBadge status={row.enabled ? "Enabled" : "Disabled"} tone={row.enabled ? "ok" : "idle"} />,
    },
    { id: "evaluation", title: "Evaluation", width: "140px", hideWhenNarrow: true, cell: evaluationInWords },
    {
      id: "violations",
      title: "Violations",
      width: "110px",
      sortBy: (row) => row.evaluation?.violations ?? -1,
      cell: (row) => row.evaluation?.violations.toLocaleString("en") ?? "–",
    },
  ],
  facts: (row) => [
    { term: "Rule", value: RULES[row.type].label },
    { term: "Severity", value: <StatusBadge status={row.severity} /> },
    { term: "State", value: <StatusBadge status={row.enabled ? "Enabled" : "Disabled"} tone={row.enabled ? "ok" : "idle"} /> },
    { term: "Requires", value: <Requirements row={row} /> },
  ],
  sections: (draft) => [
    {
      fields: [
        NAME,
        { name: "type", label: "Rule", form: "choice", options: TYPES, fallback: "AllowedIssuers", isFixed: true },
        { name: "severity", label: "Severity", form: "choice", options: SEVERITIES, fallback: "Warning" },
        ENABLED,
      ],
    },
    ruleOf(draft.type),
  ],
  Trial: PolicyPreview,
  deletion: "The policy no longer applies. Its open violations end, and stay listed under All.",
  More: ({ row }) => (
    <>
      <EvaluationOf row={row} />
      <ViolationsOf policyId={row.id} />
    </>
  ),
};

/** The tab stands in the address. */
export default function Policies() {
  const { parameters, replaceAll } = useAddress();
  const tab = parameters.get("tab") === "violations" ? "violations" : "policies";
  const show = (name: string | null) => replaceAll(name === "violations" ? { tab: name } : {});
  return (
    <>
      <PageHeader title={POLICIES.title} description={POLICIES.description} docs="policies" actions={<NewButton of={POLICIES} />} />
      <Tabs value={tab} onChange={show} keepMounted={false}>
        <Tabs.List mb="md" aria-label="Policies and violations">
          <Tabs.Tab value="policies">Policies</Tabs.Tab>
          <Tabs.Tab value="violations">Violations</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="policies">
          <CatalogList of={POLICIES} />
        </Tabs.Panel>
        <Tabs.Panel value="violations">
          <ViolationList />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
