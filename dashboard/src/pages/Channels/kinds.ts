/** What a channel of each kind is set up with: docs/channels.md. */

import type { ChannelKind } from "../../api/channels";

export type Settings = Record<string, string>;

export interface SettingField {
  name: string;
  label: string;
  /** A secret is set by the name that it is stored under. */
  form: "text" | "secret" | "url" | "url or secret";
  isNeeded?: true;
  hint?: string;
  placeholder?: string;
  /** The first one is what the API takes without one. */
  options?: readonly string[];
}

export const SECRET_PLACEHOLDER = "certctl/<stack>/channels/<name>";
const SECRET_NAME = /^\/?certctl\/[A-Za-z0-9-]+\/channels\/[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;
/** What the API shows in place of what may be secret. */
const HIDDEN = "[redacted]";

const PRIORITIES = ["P3", "P1", "P2", "P4", "P5"];
const WHAT_A_WARNING_IS = "What a warning is. Critical stays critical, info stays info.";

function alerts(address: string, hint: string): SettingField[] {
  return [
    { name: "api_key", label: "API key", form: "secret", isNeeded: true, hint },
    { name: "priority", label: "Priority", form: "text", options: PRIORITIES, hint: "What a warning is. Critical is P1, info P5." },
    { name: "url", label: "Base URL", form: "url", placeholder: address },
  ];
}

const TRANSPORT: SettingField = { name: "transport", label: "Sent by", form: "text", options: ["smtp", "ses"] };
const MAIL: SettingField[] = [
  TRANSPORT,
  { name: "from_address", label: "From", form: "text", isNeeded: true, placeholder: "certctl@example.com" },
  { name: "to", label: "Default recipient", form: "text", hint: "For alerts whose owner and team have no address." },
];
const SMTP: SettingField[] = [
  ...MAIL,
  { name: "host", label: "SMTP host", form: "text", isNeeded: true, placeholder: "smtp.example.com" },
  { name: "port", label: "Port", form: "text", options: ["587", "465", "25", "2465", "2525", "2587"] },
  { name: "tls", label: "TLS", form: "text", options: ["starttls", "implicit", "none"] },
  { name: "username", label: "User name", form: "text", hint: "With a password, or neither." },
  { name: "password", label: "Password", form: "secret" },
];
const SES: SettingField[] = [...MAIL, { name: "configuration_set", label: "Configuration set", form: "text" }];

const FIELDS: Record<Exclude<ChannelKind, "Email">, SettingField[]> = {
  Webhook: [
    { name: "url", label: "URL", form: "url or secret", isNeeded: true, placeholder: "https://example.com/hooks/certctl" },
    { name: "secret", label: "Signing secret", form: "secret", hint: "Without one, requests are unsigned." },
  ],
  Slack: [
    { name: "url", label: "URL of the incoming webhook", form: "secret", isNeeded: true },
    { name: "channel", label: "Channel", form: "text", placeholder: "#alerts", hint: "For legacy webhooks; others ignore it." },
    { name: "username", label: "User name", form: "text", hint: "For legacy webhooks; others ignore it." },
  ],
  Teams: [
    { name: "url", label: "URL of the workflow", form: "secret", isNeeded: true },
    { name: "format", label: "Format", form: "text", options: ["adaptive_card", "message_card"] },
  ],
  PagerDuty: [
    { name: "routing_key", label: "Integration key", form: "secret", isNeeded: true },
    { name: "severity", label: "Severity", form: "text", options: ["warning", "critical", "error", "info"], hint: WHAT_A_WARNING_IS },
    { name: "url", label: "Base URL", form: "url", placeholder: "https://events.pagerduty.com" },
  ],
  OpsGenie: alerts("https://api.opsgenie.com", "Of an API integration, not an account's."),
  JSM: alerts("https://api.atlassian.com", "Of an API integration in Operations, Integrations."),
  SNS: [{ name: "topic_arn", label: "ARN of the topic", form: "text", isNeeded: true, hint: "In the stack's own region and account." }],
  EventBridge: [
    { name: "event_bus", label: "Event bus", form: "text", placeholder: "default", hint: "Name or ARN, in the stack's own region and account." },
    { name: "source", label: "Source of the events", form: "text", placeholder: "certctl.<stack>" },
  ],
};

export const KINDS: ChannelKind[] = ["Email", "Slack", "Teams", "PagerDuty", "OpsGenie", "JSM", "Webhook", "SNS", "EventBridge"];

export function fieldsOf(kind: ChannelKind, settings: Settings): SettingField[] {
  if (kind !== "Email") return FIELDS[kind];
  return settings.transport === "ses" ? SES : SMTP;
}

export function isHidden(text: string | undefined): boolean {
  return text?.includes(HIDDEN) === true;
}

/** Why the text cannot be meant, before anything is sent: a secret that was pasted by mistake stays in the browser.
 *  `stored` is what the API shows: sent back, it changes nothing. */
export function problemOf(field: SettingField, text: string, stored: string | undefined): string | null {
  if (text === "") return field.isNeeded ? "Needed." : null;
  if (text === stored) return null;
  if (isHidden(text)) return "Type the value itself, or put back what was there.";
  const isUrl = /^https?:\/\//.test(text);
  if (field.form === "secret" && !SECRET_NAME.test(text)) return `The name of a secret, ${SECRET_PLACEHOLDER}, never the secret itself.`;
  if (field.form === "url" && !isUrl) return "An https URL.";
  if (field.form === "url or secret" && !isUrl && !SECRET_NAME.test(text)) return `An https URL, or the name of a secret: ${SECRET_PLACEHOLDER}.`;
  return null;
}
