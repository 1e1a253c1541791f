/** What the traits of certificates and their renewers are called (docs/inventory.md). */

import type { Renewer, Trait } from "../../api/inventoryReports";

export const TRAITS: Record<Trait, string> = {
  expired: "Expired",
  expires_in_7_days: "Expire in 7 days",
  expires_in_30_days: "Expire in 30 days",
  expires_in_90_days: "Expire in 90 days",
  sha1: "Signed with SHA-1",
  weak_rsa: "RSA key below 2,048 bits",
  self_signed: "Self-signed",
  wildcard: "Wildcard",
  over_200_days: "Valid for over 200 days",
  over_100_days: "Valid for over 100 days",
  over_47_days: "Valid for over 47 days",
  past_2030: "Valid past 2030, not post-quantum",
  past_2035: "Valid past 2035, not post-quantum",
  post_quantum: "Post-quantum key",
};

export const RENEWERS: Record<Renewer, string> = {
  managed: "This stack",
  program: "A program",
  nobody: "Nobody known",
};

export const TRAIT_OPTIONS = Object.entries(TRAITS).map(([value, label]) => ({ value, label }));
export const RENEWER_OPTIONS = Object.entries(RENEWERS).map(([value, label]) => ({ value, label }));

export function isTrait(text: string | undefined): text is Trait {
  return text !== undefined && text in TRAITS;
}

export function isRenewer(text: string | undefined): text is Renewer {
  return text !== undefined && text in RENEWERS;
}
