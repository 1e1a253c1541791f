/** The records of the catalog. All kinds are read, made, changed and deleted alike (docs/catalog.md). */

import { bodyOf, client, done, type Page, type Schemas } from "./client";
import type { PageRequest } from "./paging";

/** By kind: as the API shows a record, and as it takes one. */
interface CatalogRecords {
  issuers: { row: Schemas["IssuerView"]; body: Schemas["IssuerBody"] };
  profiles: { row: Schemas["ProfileView"]; body: Schemas["ProfileBody"] };
  "renewal-policies": { row: Schemas["RenewalPolicyView"]; body: Schemas["RenewalPolicyBody"] };
  owners: { row: Schemas["OwnerView"]; body: Schemas["OwnerBody"] };
  teams: { row: Schemas["TeamView"]; body: Schemas["TeamBody"] };
  targets: { row: Schemas["TargetView"]; body: Schemas["TargetBody"] };
  agents: { row: Schemas["AgentView"]; body: Schemas["AgentBody"] };
  policies: { row: Schemas["PolicyView"]; body: Schemas["PolicyBody"] };
  "identity-providers": { row: Schemas["IdentityProviderView"]; body: Schemas["IdentityProviderBody"] };
  "trust-rules": { row: Schemas["TrustRuleView"]; body: Schemas["TrustRuleBody"] };
  "service-accounts": { row: Schemas["ServiceAccountView"]; body: Schemas["ServiceAccountBody"] };
  users: { row: Schemas["UserView"]; body: Schemas["UserBody"] };
  "access-rules": { row: Schemas["AccessRuleView"]; body: Schemas["AccessRuleBody"] };
}

/** The value is the kind's path, and the beginning of its query keys. */
export type CatalogKind = keyof CatalogRecords;
export type Row<Kind extends CatalogKind> = CatalogRecords[Kind]["row"];
export type Body<Kind extends CatalogKind> = CatalogRecords[Kind]["body"];
export type AnyRow = Row<CatalogKind>;
type TestOutcome = Schemas["TestView"];

export interface CatalogFilters {
  /** What the name begins with, in any case. */
  name?: string;
  type?: string;
  team_id?: string;
  /** Of targets. */
  agent_id?: string;
  /** Of agents. */
  status?: string;
  /** Of trust rules. */
  service_account_id?: string;
  /** Of trust rules: a user. */
  written_by?: string;
}

const ROWS = 100;

export const catalogKeys = {
  all: (kind: CatalogKind) => [kind] as const,
  list: (kind: CatalogKind, filters: CatalogFilters) => [kind, "list", filters] as const,
  one: (kind: CatalogKind, id: string) => [kind, "one", id] as const,
  certificates: (targetId: string) => ["targets", "certificates", targetId] as const,
};

/** The routes of all kinds have one form, so that the types of one of them stand for all. */
const collection = (kind: CatalogKind) => `/api/v1/${kind}` as "/api/v1/targets";
const record = (kind: CatalogKind) => `/api/v1/${kind}/{target_id}` as "/api/v1/targets/{target_id}";
const path = (id: string) => ({ path: { target_id: id } });
const ifMatch = (version: number) => ({ header: { "If-Match": `"${version}"` } });

export function listCatalog<Kind extends CatalogKind>(
  kind: Kind,
  filters: CatalogFilters,
  { cursor, signal }: PageRequest,
  rows = ROWS,
): Promise<Page<Row<Kind>>> {
  const given = Object.fromEntries(Object.entries({ ...filters, cursor }).filter(([, value]) => value));
  const query = { per_page: rows, ...given };
  return bodyOf(client.GET(collection(kind), { params: { query }, signal }));
}

export function getRecord<Kind extends CatalogKind>(kind: Kind, id: string, signal?: AbortSignal): Promise<Row<Kind>> {
  return bodyOf(client.GET(record(kind), { params: path(id), ...(signal && { signal }) }));
}

/** An agent's answer is the only one with its key; a repeated send never shows it again. */
export function createRecord<Kind extends CatalogKind>(kind: Kind, body: Body<Kind>, attempt: string): Promise<Row<Kind>> {
  const params = { header: { "Idempotency-Key": attempt } };
  return bodyOf(client.POST(collection(kind), { body: body as Body<"targets">, params }));
}

/** Refused (409) where the record is no longer at `version`. */
export function editRecord<Kind extends CatalogKind>(kind: Kind, id: string, version: number, body: Body<Kind>): Promise<Row<Kind>> {
  const params = { ...path(id), ...ifMatch(version) };
  return bodyOf(client.PUT(record(kind), { body: body as Body<"targets">, params }));
}

/** Refused (409) where something refers to it, with counts. */
export function deleteRecord(kind: CatalogKind, id: string, version: number): Promise<void> {
  return done(client.DELETE(record(kind), { params: { ...path(id), ...ifMatch(version) } }));
}

/** Takes an agent from the targets that name it, too. */
export function retireAgent(id: string, version: number, reason: string): Promise<void> {
  const params = { path: { agent_id: id }, query: { force: "true" as const, reason }, ...ifMatch(version) };
  return done(client.DELETE("/api/v1/agents/{agent_id}", { params }));
}

/** Checks that failed are an answer, too. */
export function testRecord(kind: "issuers" | "targets", id: string): Promise<TestOutcome> {
  if (kind === "issuers") return bodyOf(client.POST("/api/v1/issuers/{issuer_id}/test", { params: { path: { issuer_id: id } } }));
  return bodyOf(client.POST("/api/v1/targets/{target_id}/test", { params: path(id) }));
}

/** Those within reach that name the target. */
export function listCertificatesOfTarget(id: string, { cursor, signal }: PageRequest): Promise<Page<Schemas["CertificateView"]>> {
  const query = { per_page: ROWS, ...(cursor !== undefined && { cursor }) };
  return bodyOf(client.GET("/api/v1/targets/{target_id}/certificates", { params: { ...path(id), query }, signal }));
}
