/** What the form holds, and what is sent of it. */

import type { NewCertificate } from "../../api/certificates";
import type { FieldProblem } from "../../api/errors";
import { allowedIn, type SubjectRules } from "../../components/pki/subject";
import { CERTIFICATE_FIELDS, emptyOf, type FieldValues, onWire, problemsWith } from "../../components/certificateFields";
import { checkPem } from "../../components/pki/checkPem";

/** The names have a step of their own; the API makes the ID. */
export const DETAILS = CERTIFICATE_FIELDS.filter(({ name, create }) => create !== null && !["id", "common_name", "sans"].includes(name));

export interface Draft {
  /** Whether the request comes now or later. */
  isLater: boolean;
  csr: string;
  common_name: string;
  sans: string[];
  /** Of the other fields. */
  details: FieldValues;
}

export const EMPTY: Draft = { isLater: false, csr: "", common_name: "", sans: [], details: emptyOf(DETAILS) };

export type Problems = Partial<Record<string, string>>;

const MOST_NAMES = 80;

export const STEPS = ["Request", "Names", "Details"] as const;
const STEP_OF: Record<string, number> = { csr_pem: 0, common_name: 1, sans: 1 };

export function requestProblems({ isLater, csr }: Draft): Problems {
  if (isLater) return {};
  if (csr.trim() === "") return { csr_pem: "Paste the CSR, or choose to submit it later." };
  const check = checkPem(csr);
  return check.kind === "wrong" ? { csr_pem: check.reason } : {};
}

/** `asked` are the names in the request: it may leave names of the certificate out, never add any. */
export function nameProblems({ common_name, sans }: Draft, asked: readonly string[]): Problems {
  const problems: Problems = {};
  if (common_name.trim() === "") problems.common_name = "Enter a common name.";
  if (sans.length > MOST_NAMES) problems.sans = `At most ${MOST_NAMES} names.`;
  const here = new Set([common_name, ...sans].map(plainName));
  const extra = asked.filter((name) => !here.has(plainName(name)));
  if (extra.length > 0) problems.sans = `The CSR also contains ${extra.join(", ")}: add it here, or create another CSR.`;
  return problems;
}

export function detailProblems({ details }: Draft): Problems {
  return problemsWith(DETAILS, "create", details);
}

function plainName(name: string): string {
  return name
    .trim()
    .replace(/^(DNS|IP|email|URI):/i, "")
    .toLowerCase();
}

/** Only what was filled in: the API has defaults for the rest. Of the subject what the profile's rules allow. */
export function bodyOf({ isLater, csr, common_name, sans, details }: Draft, rules: SubjectRules = {}): NewCertificate {
  const sent: FieldValues = { ...details, subject: withAllowed(rules, subjectOf(details)) };
  const given = DETAILS.map((field) => [field, sent[field.name] ?? ""] as const).filter(([, value]) => value.length > 0);
  return {
    common_name: common_name.trim(),
    ...(Object.fromEntries(given.map(([field, value]) => [field.name, onWire(field, value)])) as Partial<NewCertificate>),
    ...(sans.length > 0 && { sans }),
    ...(!isLater && { csr_pem: csr }),
  };
}

/** The values of the subject by attribute, beside the common name. */
export function subjectOf({ subject = [] }: FieldValues): Readonly<Record<string, string>> {
  return Object.fromEntries([subject].flat().map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
}

function withAllowed(rules: SubjectRules, subject: Readonly<Record<string, string>>): string[] {
  const texts = allowedIn(rules).map(({ attribute }) => [attribute, (subject[attribute] ?? "").trim()] as const);
  return texts.filter(([, text]) => text !== "").map(([attribute, text]) => `${attribute}=${text}`);
}

/** The API's words, by field; and the first step on which one of them is shown. */
export function placed(errors: readonly FieldProblem[]): { problems: Problems; step: number } {
  const fields = errors.map(({ field, message }) => [placeOf(field), message] as const);
  const steps = fields.map(([field]) => STEP_OF[field] ?? STEPS.length - 1);
  return { problems: Object.fromEntries(fields), step: Math.min(...steps, STEPS.length - 1) };
}

/** Attributes of the subject have inputs of their own. */
function placeOf(field: string): string {
  return field.startsWith("subject.") ? field : (field.split(".")[0] ?? field);
}
