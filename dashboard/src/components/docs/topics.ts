import type { CatalogKind } from "../../api/catalog";

type Place = `${string}.md` | `${string}.md#${string}`;
type PlaceOfCatalog = Record<CatalogKind, Place>;

/** Where docs/ explains what a page or dialog is about. */
export const TOPICS = {
  "access-rules": "access-rules.md",
  agents: "agent.md",
  "identity-providers": "sign-in.md#set-it-up",
  issuers: "issuers.md",
  owners: "catalog.md",
  policies: "policies.md#policies",
  profiles: "policies.md#profiles",
  "renewal-policies": "renewal.md#when-a-certificate-is-renewed",
  "service-accounts": "accounts.md",
  targets: "agent.md#targets",
  teams: "names.md",
  "trust-rules": "machines.md",
  users: "accounts.md#people",
  acme: "acme-server.md",
  alerts: "alerts.md",
  audit: "audit.md",
  campaigns: "campaigns.md",
  channels: "channels.md#setting-up",
  consent: "agent.md#consent-what-the-agent-may-do",
  endpoints: "endpoints.md",
  importing: "importing.md",
  inventory: "inventory.md",
  deadLetters: "alerts.md#channels-set-up-test-repair",
  installAgent: "agent.md#install-and-enroll",
  leakedKey: "campaigns.md#a-leaked-key-step-by-step",
  receipts: "revocation.md#when-a-revocation-is-public",
  revokingACa: "operating-cas.md#revoking-a-ca",
  cas: "operating-cas.md",
  readiness: "inventory.md#what-is-counted",
  sources: "inventory.md#sources",
  systemd: "agent.md#systemd",
} as const satisfies PlaceOfCatalog & Record<string, Place>;

export type Topic = keyof typeof TOPICS;

/** The address of a topic's page; null in a build that does not know where docs/ is published (build/docsUrl.ts). */
export function docsAddress(topic: Topic): string | null {
  const folder = import.meta.env.VITE_DOCS_URL as string | undefined;
  return folder ? `${folder}/${TOPICS[topic]}` : null;
}
