import type { Certificate } from "./certificates";
import { ApiError } from "./errors";
import { bodyOf, client, idempotencyKey, type Page, type Schemas } from "./client";
import type { PageRequest } from "./paging";

/** Which certificates, and why. */
export type BulkRevocation = Omit<Schemas["BulkRevokeBody"], "dry_run" | "cursor" | "per_page">;

const ROWS = 500;

/** Those that would be revoked now; pages may be short, even empty. */
export async function previewRevocation(wanted: BulkRevocation, { cursor, signal }: PageRequest): Promise<Page<Certificate>> {
  const body = { ...wanted, dry_run: true, per_page: ROWS, ...(cursor !== undefined && { cursor }) };
  const answer = await bodyOf(
    client.POST("/api/v1/certificates/bulk-revoke", { body, params: { header: { "Idempotency-Key": idempotencyKey() } }, signal }),
  );
  if (!("certificates" in answer)) throw ApiError.unexpected();
  return { data: answer.certificates, next_cursor: answer.next_cursor };
}

/** Starts the job that revokes them; a repeated send starts one. */
export async function startRevocation(wanted: BulkRevocation, attempt: string): Promise<string> {
  const answer = await bodyOf(
    client.POST("/api/v1/certificates/bulk-revoke", { body: wanted, params: { header: { "Idempotency-Key": attempt } } }),
  );
  if (!("job_id" in answer)) throw ApiError.unexpected();
  return answer.job_id;
}
