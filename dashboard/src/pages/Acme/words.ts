/** What EAB keys, ACME accounts and orders are called, and how a client uses a key. */

import type { AcmeAccount, AcmeOrder, EabKey, MintedEabKey } from "../../api/acme";
import type { Tone } from "../../components/StatusBadge";

export const MODES: Record<EabKey["authorization"], string> = {
  trusted: "Trusted: no challenges",
  challenges: "Challenges",
};

export const ACCOUNT_TONES: Record<AcmeAccount["status"], Tone> = { valid: "ok", deactivated: "idle", revoked: "bad" };

export const ORDER_TONES: Record<AcmeOrder["status"], Tone> = {
  pending: "busy",
  ready: "busy",
  processing: "busy",
  valid: "ok",
  invalid: "bad",
};

export function stateOf({ revoked_at, is_open }: Pick<EabKey, "revoked_at" | "is_open">): { label: string; tone: Tone } {
  if (revoked_at !== null) return { label: "Revoked", tone: "bad" };
  return is_open ? { label: "Open", tone: "warn" } : { label: "Valid", tone: "ok" };
}

export function placesOf({ accounts, max_accounts }: Pick<EabKey, "accounts" | "max_accounts">): string {
  return max_accounts === null ? `${accounts}, no limit` : `${accounts} of ${max_accounts}`;
}

/** The registration by certbot; other clients take the same three values. */
export function registrationOf({ id, hmac_key, directory_url }: MintedEabKey): string {
  const server = directory_url ?? "DIRECTORY_URL";
  return [
    `certbot register --server ${server} \\`,
    `  --eab-kid ${id} \\`,
    `  --eab-hmac-key ${hmac_key} \\`,
    "  --agree-tos --register-unsafely-without-email",
  ].join("\n");
}
