/** What forms call the API's fields: a problem names a field by its label, not by its path. */

import { CERTIFICATE_FIELDS } from "../certificateFields";
import { SUBJECT_ATTRIBUTES } from "../pki/subject";

export type FieldLabels = Readonly<Record<string, string>>;

const LABELS: FieldLabels = {
  ...Object.fromEntries(CERTIFICATE_FIELDS.map(({ name, label }) => [name, label])),
  ...SUBJECT_ATTRIBUTES,
  agent_id: "Agent",
  alert_thresholds_days: "Days before expiry",
  auto_renew: "Renew automatically",
  certificate_id: "Certificate",
  certificate_ids: "Certificates",
  certificate_profile_id: "Profile",
  csr_pem: "CSR",
  email: "Email address",
  ends_at: "Until",
  extended_key_usages: "Extended key usage",
  hostname: "Host name",
  hostname_pattern: "Host name",
  kind: "Kind",
  retry_interval_seconds: "First retry after",
  routes: "Route",
  starts_at: "From",
  url: "URL",
};

/** Settings of a type and policies by their ID: what they are in is clear from the form. */
const CONTAINERS = ["config", "settings", "body", "query"];

/** "settings.routing_key" is "Routing key", "routes.0.channels" is "Route 1, channels". `own` are the labels of the form's own
 *  fields, by path. */
export function fieldLabel(path: string, own: FieldLabels = {}): string {
  const known = ownLabel(path, own);
  if (known !== undefined) return known;
  const words = path
    .split(".")
    .filter((part, index) => !(index === 0 && CONTAINERS.includes(part)))
    .reduce(joined, "");
  return words === "" ? "Request" : words;
}

/** The label of a field that the problem is about, or is within. */
function ownLabel(path: string, own: FieldLabels): string | undefined {
  return own[Object.keys(own).find((name) => path === name || path.startsWith(`${name}.`)) ?? ""];
}

function joined(before: string, part: string): string {
  if (/^\d+$/.test(part)) return `${before} ${Number(part) + 1}`.trim();
  const label = LABELS[part] ?? sentence(part);
  return before === "" ? label : `${before}, ${label.charAt(0).toLowerCase()}${label.slice(1)}`;
}

const ABBREVIATIONS = /\b(acme|api|ca|csr|dns|http|https|id|ip|kms|pem|smtp|tls|ttl|uri|url|arn)\b/g;

/** "routing_key" is "Routing key", "url" is "URL". */
function sentence(name: string): string {
  const words = name.replaceAll(/[_-]/g, " ").replaceAll(ABBREVIATIONS, (word) => word.toUpperCase());
  return words.charAt(0).toUpperCase() + words.slice(1);
}
