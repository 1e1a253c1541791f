/** How observed certificates are called. All of it is text that strangers may have written. */

import type { Observed } from "../../api/inventory";

const COMMON_NAME = /(?:^|,)CN=((?:\\.|[^,\\])+)/;

export function nameWords({ first_name, subject, fingerprint }: Pick<Observed, "first_name" | "subject" | "fingerprint">): string {
  return first_name || subject || fingerprint;
}

/** The common name of a distinguished name (RFC 4514), else all of it. */
export function issuerWords(issuer: string): string {
  return COMMON_NAME.exec(issuer)?.[1]?.replaceAll(/\\(.)/g, "$1") ?? (issuer || "–");
}

/** As `Expiry` takes it. */
export function expiring({ not_after }: Pick<Observed, "not_after">) {
  return { status: "Active", expires_at: not_after, urgency: null } as const;
}

export const TRUST: Record<Observed["trust"], string> = {
  ours: "A CA of this stack signed it",
  public: "It chains to a public root",
  unknown: "Not verified",
};

export function keyWords({ key_algorithm, key_bits }: Pick<Observed, "key_algorithm" | "key_bits">): string {
  return key_bits === null || key_algorithm.includes(String(key_bits)) ? key_algorithm : `${key_algorithm} ${key_bits}`;
}
