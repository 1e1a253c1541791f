/** The ACME server: EAB keys, and the ACME accounts and orders of its clients. */

import { bodyOf, client, type Page, type Schemas } from "./client";
import type { PageRequest } from "./paging";

export type EabKey = Schemas["EabKeyView"];
export type NewEabKey = Schemas["NewEabKeyBody"];
export type MintedEabKey = Schemas["MintedEabKeyView"];
export type AcmeAccount = Schemas["AcmeAccountView"];
export type AcmeOrder = Schemas["AcmeOrderView"];
export type ChallengeType = Schemas["ChallengeType"];

const ROWS = 100;

export const acmeKeys = {
  all: ["acme"] as const,
  eabKeys: ["acme", "eab-keys"] as const,
  shownTo: (id: string) => ["acme", "eab-keys", "shown-to", id] as const,
  eabKey: (id: string) => ["acme", "eab-key", id] as const,
  accounts: (eabKeyId: string) => ["acme", "accounts", eabKeyId] as const,
  account: (id: string) => ["acme", "account", id] as const,
  orders: (accountId: string) => ["acme", "orders", accountId] as const,
};

/** Oldest first. */
export function listEabKeys(page: PageRequest): Promise<Page<EabKey>> {
  return bodyOf(client.GET("/api/v1/acme/eab-keys", { params: { query: rowsFrom(page) }, signal: page.signal }));
}

/** In force, and with a secret that the user was shown: who has it goes on registering ACME clients. */
export function listEabKeysShownTo(userId: string, page: PageRequest): Promise<Page<EabKey>> {
  const query = { ...rowsFrom(page), shown_to: userId };
  return bodyOf(client.GET("/api/v1/acme/eab-keys", { params: { query }, signal: page.signal }));
}

export function getEabKey(id: string, signal: AbortSignal): Promise<EabKey> {
  return bodyOf(client.GET("/api/v1/acme/eab-keys/{eab_key_id}", { params: ofKey(id), signal }));
}

/** The answer is the only one with the secret; a repeated send is refused, for the secret is stored nowhere. */
export function createEabKey(body: NewEabKey, attempt: string): Promise<MintedEabKey> {
  return bodyOf(client.POST("/api/v1/acme/eab-keys", { body, params: { header: { "Idempotency-Key": attempt } } }));
}

/** The previous secret registers nobody from now on. */
export function rotateEabKey(id: string): Promise<MintedEabKey> {
  return bodyOf(client.POST("/api/v1/acme/eab-keys/{eab_key_id}/rotate", { params: ofKey(id) }));
}

export function revokeEabKey(id: string): Promise<EabKey> {
  return bodyOf(client.POST("/api/v1/acme/eab-keys/{eab_key_id}/revoke", { params: ofKey(id) }));
}

/** Oldest first. */
export function listAcmeAccounts(eabKeyId: string, page: PageRequest): Promise<Page<AcmeAccount>> {
  const query = { ...rowsFrom(page), eab_key_id: eabKeyId };
  return bodyOf(client.GET("/api/v1/acme/accounts", { params: { query }, signal: page.signal }));
}

export function getAcmeAccount(id: string, signal: AbortSignal): Promise<AcmeAccount> {
  return bodyOf(client.GET("/api/v1/acme/accounts/{account_id}", { params: ofAccount(id), signal }));
}

export function revokeAcmeAccount(id: string): Promise<AcmeAccount> {
  return bodyOf(client.POST("/api/v1/acme/accounts/{account_id}/revoke", { params: ofAccount(id) }));
}

/** Newest first. */
export function listAcmeOrders(accountId: string, page: PageRequest): Promise<Page<AcmeOrder>> {
  const query = { ...rowsFrom(page), account_id: accountId };
  return bodyOf(client.GET("/api/v1/acme/orders", { params: { query }, signal: page.signal }));
}

function rowsFrom({ cursor }: PageRequest) {
  return { per_page: ROWS, ...(cursor !== undefined && { cursor }) };
}

function ofKey(id: string) {
  return { path: { eab_key_id: id } };
}

function ofAccount(id: string) {
  return { path: { account_id: id } };
}
