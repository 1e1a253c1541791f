import { bodyOf, client, done, idempotencyKey, type Page, type Schemas } from "./client";
import { everyRow } from "./everyRow";
import { type PageRequest, pageWithRows } from "./paging";
import type { operations } from "./schema";

export type Certificate = Schemas["CertificateView"];
/** One certificate as it is read by its id: with what is planned for it. */
export type CertificateDetails = Schemas["CertificateDetailsView"];
export type CertificateStatus = Schemas["Status"];
export type Version = Schemas["VersionView"];
export type Deployment = Schemas["DeploymentView"];
export type NewCertificate = Schemas["NewCertificateBody"];
export type CertificateEdit = Schemas["CertificateEditBody"];
export type CertificateFilters = Omit<NonNullable<operations["list_certificates"]["parameters"]["query"]>, "cursor" | "per_page">;

/** 100 rows are 60 kB and fill three screens. */
const ROWS = 100;

export const certificateKeys = {
  all: ["certificates"] as const,
  list: (filters: CertificateFilters) => ["certificates", "list", filters] as const,
  search: (text: string) => ["certificates", "search", text] as const,
  one: (id: string) => ["certificates", "one", id] as const,
  versions: (id: string) => ["certificates", "versions", id] as const,
  deployments: (id: string) => ["certificates", "deployments", id] as const,
};

export function listCertificates(filters: CertificateFilters, { cursor, signal }: PageRequest, rows = ROWS): Promise<Page<Certificate>> {
  const query = { ...filters, per_page: rows, ...(cursor !== undefined && { cursor }) };
  return bodyOf(client.GET("/api/v1/certificates", { params: { query }, signal }));
}

const MOST_PAGES_SEARCHED = 3;

/** The first `rows` that `text` finds. Who sees few of many teams may get fewer, and a cursor for the rest. */
export function searchCertificates(text: string, rows: number, signal: AbortSignal): Promise<Page<Certificate>> {
  const query = { search: text, per_page: rows };
  const fetchPage = ({ cursor }: PageRequest) =>
    bodyOf(client.GET("/api/v1/certificates", { params: { query: { ...query, ...(cursor !== undefined && { cursor }) } }, signal }));
  return pageWithRows(fetchPage, { cursor: undefined, signal }, MOST_PAGES_SEARCHED);
}

export function getCertificate(id: string, signal?: AbortSignal): Promise<CertificateDetails> {
  return bodyOf(client.GET("/api/v1/certificates/{certificate_id}", { params: path(id), ...(signal && { signal }) }));
}

/** `key` from `useRepeatable`: a repeated send creates once. */
export function createCertificate(body: NewCertificate, key: string): Promise<Schemas["CreatedCertificateView"]> {
  return bodyOf(client.POST("/api/v1/certificates", { body, params: { header: { "Idempotency-Key": key } } }));
}

/** Refused (409) where the record is no longer at `version`. What is left out stays. */
export function editCertificate(id: string, version: number, body: CertificateEdit): Promise<Certificate> {
  const headers = { "If-Match": `"${version}"` };
  return bodyOf(client.PUT("/api/v1/certificates/{certificate_id}", { params: path(id), headers, body }));
}

/** Ends the record; refused (409) where versions are valid, unless they may stay so, and at another version. */
export function archiveCertificate(id: string, version: number, keepValid: boolean): Promise<void> {
  return endRecord(id, version, { keep_valid: keepValid });
}

/** Ends the record and revokes its versions for the reason; refused (409) at another version. */
export function archiveRevoked(id: string, version: number, wanted: WantedRevocation): Promise<void> {
  const { reason, ticket } = wanted;
  return endRecord(id, version, { revoke: reason, ...(ticket !== undefined && { ticket }) });
}

type ArchiveQuery = NonNullable<operations["archive_certificate"]["parameters"]["query"]>;

function endRecord(id: string, version: number, query: ArchiveQuery): Promise<void> {
  const params = { ...path(id), query };
  return done(client.DELETE("/api/v1/certificates/{certificate_id}", { params, headers: { "If-Match": `"${version}"` } }));
}

export function listVersions(id: string, { cursor, signal }: PageRequest): Promise<Page<Version>> {
  const query = { per_page: 20, ...(cursor !== undefined && { cursor }) };
  return bodyOf(client.GET("/api/v1/certificates/{certificate_id}/versions", { params: { ...path(id), query }, signal }));
}

/** Those that have not expired, newest first: 30 at most. */
export async function readUnexpiredVersions(id: string, signal: AbortSignal): Promise<Version[]> {
  const isUnexpired = ({ not_after }: Version) => Date.parse(not_after) > Date.now();
  const rows = await everyRow<Version>(async (request) => {
    const page = await listVersions(id, request);
    return page.data.every(isUnexpired) ? page : { ...page, next_cursor: null };
  }, signal);
  return rows.filter(isUnexpired);
}

/** `certificateHold` holds; every other reason is for good. */
export interface WantedRevocation {
  reason: string;
  ticket?: string;
}

export function revokeCertificate(id: string, wanted: WantedRevocation): Promise<Schemas["RevokedView"]> {
  return bodyOf(client.POST("/api/v1/certificates/{certificate_id}/revoke", { params: path(id), body: wanted }));
}

/** The others stay valid. */
export function revokeVersion(id: string, serial: string, wanted: WantedRevocation): Promise<Schemas["RevokedView"]> {
  const params = { path: { certificate_id: id, serial } };
  return bodyOf(client.POST("/api/v1/certificates/{certificate_id}/versions/{serial}/revoke", { params, body: wanted }));
}

export function unholdCertificate(id: string, body: { ticket?: string }): Promise<Schemas["StatusView"]> {
  return bodyOf(client.POST("/api/v1/certificates/{certificate_id}/unhold", { params: path(id), body }));
}

/** With a request at once; without one a job waits for it. */
export function renewCertificate(id: string, csr: string | null): Promise<Schemas["JobStartedView"]> {
  const params = { ...path(id), header: { "Idempotency-Key": idempotencyKey() } };
  return bodyOf(client.POST("/api/v1/certificates/{certificate_id}/renew", { params, body: { csr_pem: csr } }));
}

/** For the job that awaits it. */
export function submitCsr(id: string, csr: string): Promise<Schemas["JobStartedView"]> {
  const params = { ...path(id), header: { "Idempotency-Key": idempotencyKey() } };
  return bodyOf(client.POST("/api/v1/certificates/{certificate_id}/csr", { params, body: { csr_pem: csr } }));
}

export function listDeployments(id: string, { cursor, signal }: PageRequest): Promise<Page<Deployment>> {
  const query = { per_page: 50, ...(cursor !== undefined && { cursor }) };
  return bodyOf(client.GET("/api/v1/certificates/{certificate_id}/deployments", { params: { ...path(id), query }, signal }));
}

/** The current version, to these of its targets; a job that is open for it already is named again. */
export function deployCertificate(id: string, targetIds: readonly string[], attempt: string): Promise<Schemas["DeploymentsStartedView"]> {
  const params = { ...path(id), header: { "Idempotency-Key": attempt } };
  return bodyOf(client.POST("/api/v1/certificates/{certificate_id}/deploy", { params, body: { target_ids: [...targetIds] } }));
}

function path(id: string) {
  return { path: { certificate_id: id } };
}
