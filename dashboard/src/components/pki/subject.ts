/** Attributes of a subject (RFC 5280, appendix A) beside the common name, and what profiles say of them. */

import type { Schemas } from "../../api/client";

type SubjectRule = Schemas["SubjectRuleView"];
export type SubjectRules = Readonly<Record<string, SubjectRule>>;

/** In the order in which certificates have them. */
export const SUBJECT_ATTRIBUTES: Readonly<Record<string, string>> = {
  C: "Country",
  ST: "State or province",
  L: "Locality",
  O: "Organization",
  OU: "Organizational unit",
  serialNumber: "Serial number",
};

export interface SubjectEntry {
  attribute: string;
  label: string;
  text: string;
}

/** The attributes whose value a profile sets, with that value. */
export function fixedIn(rules: SubjectRules): SubjectEntry[] {
  return entriesOf(rules, ({ fixed }) => fixed);
}

/** The attributes that a request may set, with the pattern of their values. */
export function allowedIn(rules: SubjectRules): SubjectEntry[] {
  return entriesOf(rules, ({ allowed }) => allowed);
}

function entriesOf(rules: SubjectRules, read: (rule: SubjectRule) => string | null): SubjectEntry[] {
  return Object.entries(SUBJECT_ATTRIBUTES).flatMap(([attribute, label]) => {
    const rule = rules[attribute];
    const text = rule === undefined ? null : read(rule);
    return text === null ? [] : [{ attribute, label, text }];
  });
}

/** "O=Example", as the command line takes it. */
export function subjectTexts(subject: Readonly<Record<string, string>>): string[] {
  return Object.entries(subject).map(([attribute, value]) => `${attribute}=${value}`);
}

/** "O=Example; OU: eng-*". */
export function rulesInWords(rules: SubjectRules): string {
  const fixed = fixedIn(rules).map(({ attribute, text }) => `${attribute}=${text}`);
  return [...fixed, ...allowedIn(rules).map(({ attribute, text }) => `${attribute}: ${text}`)].join("; ");
}
