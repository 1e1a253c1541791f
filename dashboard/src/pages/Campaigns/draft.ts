/** A campaign as it is being filled in; links to the form fill some of it in beforehand. */

import type { NewCampaign } from "../../api/campaigns";
import { KEY_COMPROMISE } from "../CertificateDetail/reasons";

export interface Draft {
  spki: string;
  /** One id a line. */
  ids: string;
  ca: string;
  agent: string;
  profile: string;
  algorithm: string;
  reason: string;
  onDeadline: "alert" | "revoke";
  hours: number | string;
}

export type Problems = Partial<Record<keyof Draft | "choice", string>>;

export const ALGORITHMS = [
  { value: "RSA", label: "RSA, any size" },
  { value: "RSA-2048", label: "RSA 2048" },
  { value: "RSA-3072", label: "RSA 3072" },
  { value: "RSA-4096", label: "RSA 4096" },
  { value: "ECDSA", label: "ECDSA, any curve" },
  { value: "ECDSA-P256", label: "ECDSA P-256" },
  { value: "ECDSA-P384", label: "ECDSA P-384" },
  { value: "Ed25519", label: "Ed25519" },
];
const DAY_H = 24;
export const MOST_HOURS = 720;
const MOST_IDS = 1_000;
const SPKI = /^[0-9a-f]{64}$/;

/** From the address of a link to the form. */
export function draftIn(parameters: URLSearchParams): Draft {
  const given = (name: string) => parameters.get(name) ?? "";
  return {
    spki: given("spki"),
    ids: parameters.getAll("certificate").join("\n"),
    ca: given("ca"),
    agent: given("agent"),
    profile: given("profile"),
    algorithm: given("algorithm"),
    reason: given("reason"),
    onDeadline: "alert",
    hours: DAY_H,
  };
}

/** In lower case, without what people write between the digits. */
function digitsOf(spki: string): string {
  return spki.replaceAll(/[\s:]/g, "").toLowerCase();
}

function idsOf(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter(Boolean))];
}

export function problemsOf(draft: Draft): Problems {
  const { spki, ids, ca, agent, profile, algorithm, reason, hours } = draft;
  const isChosen = [spki, ids, ca, agent, profile, algorithm].some((text) => text.trim() !== "");
  const isWhole = typeof hours === "number" && Number.isInteger(hours) && hours >= 1 && hours <= MOST_HOURS;
  return {
    ...(!isChosen && { choice: "Choose at least one." }),
    ...(spki.trim() !== "" && !SPKI.test(digitsOf(spki)) && { spki: "Enter 64 hex digits." }),
    ...(idsOf(ids).length > MOST_IDS && { ids: `At most ${MOST_IDS.toLocaleString("en")} at once.` }),
    ...(reason === "" && { reason: "Choose a reason." }),
    ...(!isWhole && { hours: `Enter 1 to ${MOST_HOURS} hours.` }),
  };
}

/** Old versions may be revoked at the deadline for a compromised key only. */
export function canRevoke({ reason }: Draft): boolean {
  return reason === KEY_COMPROMISE;
}

/** A dry run. */
export function bodyOf(draft: Draft): NewCampaign {
  const { spki, ids, ca, agent, profile, algorithm, reason, onDeadline, hours } = draft;
  return {
    selection: {
      ...(ids.trim() !== "" && { certificate_ids: idsOf(ids) }),
      ...(spki.trim() !== "" && { spki_sha256: digitsOf(spki) }),
      ...(ca !== "" && { ca_id: ca }),
      ...(agent !== "" && { agent_id: agent }),
      ...(profile !== "" && { profile_id: profile }),
      ...(algorithm !== "" && { algorithm }),
    },
    reason,
    on_deadline: canRevoke(draft) ? onDeadline : "alert",
    deadline_hours: Number(hours),
  };
}
