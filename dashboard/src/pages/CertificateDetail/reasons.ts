/** The reasons that the API takes (RFC 5280, 5.3.1) but the hold, which has a button of its own. */

export interface Reason {
  value: string;
  label: string;
  /** When it is the right one. */
  description: string;
}

export const HOLD = "certificateHold";
export const KEY_COMPROMISE = "keyCompromise";

export const REASONS: readonly Reason[] = [
  { value: "superseded", label: "Superseded", description: "Another certificate has taken its place." },
  { value: "cessationOfOperation", label: "No longer in use", description: "The service was shut down." },
  { value: "affiliationChanged", label: "Affiliation changed", description: "The names or the organization are no longer correct." },
  { value: "privilegeWithdrawn", label: "Privilege withdrawn", description: "Its holder may no longer have it." },
  {
    value: KEY_COMPROMISE,
    label: "Key compromise",
    description: "Someone else has, or may have, the private key. No certificate is issued for this key again.",
  },
  { value: "caCompromise", label: "CA compromise", description: "The issuing authority itself can no longer be trusted." },
  { value: "unspecified", label: "Unspecified", description: "None of the other reasons." },
];

export function reasonLabel(value: string): string {
  return value === HOLD ? "On hold" : (REASONS.find((reason) => reason.value === value)?.label ?? value);
}
