/** Subject rules of a profile: by attribute in the API, in the form as lines. "O=Example" sets the value, "OU~eng-*" allows values. */

import { SUBJECT_ATTRIBUTES, type SubjectRules } from "../../../components/pki/subject";
import type { Codec } from "../codec";

export type RuleKind = "=" | "~";

export interface RuleDraft {
  attribute: string;
  kind: RuleKind;
  text: string;
}

export function lineOf({ attribute, kind, text }: RuleDraft): string {
  return `${attribute}${kind}${text}`;
}

export function ruleOf(line: string): RuleDraft {
  const at = line.search(/[=~]/);
  return { attribute: line.slice(0, at), kind: line[at] === "~" ? "~" : "=", text: line.slice(at + 1) };
}

export function isWithoutText(line: string): boolean {
  return ruleOf(line).text.trim() === "";
}

export function freeAttributes(lines: readonly string[]): string[] {
  const used = lines.map((line) => ruleOf(line).attribute);
  return Object.keys(SUBJECT_ATTRIBUTES).filter((attribute) => !used.includes(attribute));
}

export const SUBJECT_RULES: Codec = {
  read: (json) =>
    Object.entries((json ?? {}) as SubjectRules).map(([attribute, { fixed, allowed }]) =>
      lineOf(fixed === null ? { attribute, kind: "~", text: allowed ?? "" } : { attribute, kind: "=", text: fixed }),
    ),
  write: (lines) =>
    Object.fromEntries(
      lines.map(ruleOf).map(({ attribute, kind, text }) => [attribute, kind === "=" ? { fixed: text.trim() } : { allowed: text.trim() }]),
    ),
};
