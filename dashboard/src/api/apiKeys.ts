import { bodyOf, client, done, type Page, type Schemas } from "./client";
import type { PageRequest } from "./paging";

export type ApiKey = Schemas["ApiKeyView"];
export type NewApiKey = Schemas["NewApiKeyBody"];
export type MintedKey = Schemas["MintedKeyView"];

const ROWS = 100;

export const apiKeyKeys = {
  all: ["api-keys"] as const,
  ofAccount: (id: string) => ["api-keys", "of", id] as const,
  madeBy: (userId: string) => ["api-keys", "made-by", userId] as const,
};

/** Newest first: all of them for administrators, for others their own. */
export function listApiKeys({ cursor, signal }: PageRequest): Promise<Page<ApiKey>> {
  const query = { per_page: ROWS, ...(cursor !== undefined && { cursor }) };
  return bodyOf(client.GET("/api/v1/api-keys", { params: { query }, signal }));
}

/** Of a service account or user: those that were not revoked. */
export function listKeysOfAccount(id: string, { cursor, signal }: PageRequest): Promise<Page<ApiKey>> {
  const query = { per_page: ROWS, subject_id: id, ...(cursor !== undefined && { cursor }) };
  return bodyOf(client.GET("/api/v1/api-keys", { params: { query }, signal }));
}

/** Live keys of others that the user made: they work on without the user. */
export function listKeysMadeBy(userId: string, { cursor, signal }: PageRequest): Promise<Page<ApiKey>> {
  const query = { per_page: ROWS, maker_id: userId, ...(cursor !== undefined && { cursor }) };
  return bodyOf(client.GET("/api/v1/api-keys", { params: { query }, signal }));
}

/** The answer is the only one with the key itself; a repeated send is refused, for its text is stored nowhere. */
export function createApiKey(body: NewApiKey, attempt: string): Promise<MintedKey> {
  return bodyOf(client.POST("/api/v1/api-keys", { body, params: { header: { "Idempotency-Key": attempt } } }));
}

export interface KeyRevocation {
  id: string;
  /** Then all that it ever made ends with it, for anybody. */
  isLeaked: boolean;
}

export function revokeApiKey({ id, isLeaked }: KeyRevocation): Promise<void> {
  const query = isLeaked ? { reason: "leaked" as const } : {};
  return done(client.DELETE("/api/v1/api-keys/{key_id}", { params: { path: { key_id: id }, query } }));
}
