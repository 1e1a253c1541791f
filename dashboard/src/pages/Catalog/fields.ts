/** Forms of catalog records as lists of fields. A field is named as in the API's body ("config.key_path"), so that the
 *  API's words about a field find it. */

import type { CatalogKind } from "../../api/catalog";
import { ApiError, type FieldProblem } from "../../api/errors";
import { ALL } from "../../components/catalog/CatalogSelect";
import type { FieldLabels } from "../../components/words/fieldLabels";
import { GRANTS_IN_LINES, isWithoutTeams } from "./accounts/grants";
import type { Codec } from "./codec";
import { isWithoutText, SUBJECT_RULES } from "./profiles/subjectRules";

export interface Option {
  value: string;
  label: string;
}

interface Common {
  name: string;
  label: string;
  hint?: string;
  placeholder?: string;
  isNeeded?: true;
  /** Chosen once: it never changes after the record was made. */
  isFixed?: true;
}

export type Field = Common &
  /** `isJson`: a JSON object in the body. */
  (
    | { form: "text" | "lines"; pattern?: RegExp; says?: string; isJson?: true }
    | { form: "number"; min: number; max: number; fallback?: number; unit?: string }
    | { form: "duration"; fallback: number }
    /** `whenAbsent`: what a record means that does not say it, where that is not what a new one should say. */
    | { form: "switch"; fallback: boolean; whenAbsent?: boolean }
    /** `isBoolean`: true or false in the body, left out for the option "". */
    | { form: "choice"; options: readonly Option[]; fallback: string; isBoolean?: true }
    | {
        form: "list";
        options?: readonly Option[];
        codec?: Codec;
        fallback?: readonly string[];
        allowsRepeats?: true;
        isOneByOne?: true;
        isSentEmpty?: true;
        /** Claims of a token, by the names that the provider in the draft has for them. */
        isOfProvider?: true;
      }
    /** `all`: what the choice of all of them is called, where the API takes one. `isNullForNone`: none is null in the body. */
    | { form: "record" | "records"; of: CatalogKind; all?: string; isNullForNone?: true }
    /** Roles, each with its teams: see `grants`. */
    | { form: "grants" }
    /** Attributes of a subject, each with a rule: see `subjectRules`. */
    | { form: "subject" }
    /** Extended key usages, by name or OID. */
    | { form: "usages"; fallback: readonly string[] }
    /** Not in the form: what the record has is sent again. */
    | { form: "kept"; fallback: boolean }
  );

export interface Section {
  title?: string;
  hint?: string;
  fields: readonly Field[];
}

export type FieldValue = string | number | boolean | readonly string[];
/** By name of the field. Durations are in seconds. */
export type Draft = Record<string, FieldValue>;
export type Problems = Record<string, string>;

export const AS_NUMBERS: Codec = {
  read: (json) => textsIn(json),
  write: (texts) => texts.map((text) => (/^\d+$/.test(text.trim()) ? Number(text) : text)),
};

const isJson = (field: Field) => field.form === "lines" && field.isJson === true;

/** Undefined: the text is no JSON object. */
export function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null && !Array.isArray(json) ? (json as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function textsIn(json: unknown): string[] {
  return Array.isArray(json) ? json.map(String) : [];
}

function blank(field: Field): FieldValue {
  switch (field.form) {
    case "number":
      return field.fallback ?? "";
    case "duration":
    case "switch":
    case "choice":
    case "kept":
    case "usages":
      return field.fallback;
    case "list":
      return field.fallback ?? [];
    case "records":
    case "grants":
    case "subject":
      return [];
    default:
      return "";
  }
}

function read(field: Field, json: unknown): FieldValue {
  if (isJson(field)) return json === null ? "" : JSON.stringify(json, null, 2);
  const codec = codecOf(field);
  if (codec !== undefined) return codec.read(json);
  if (field.form === "records" && json === ALL) return [ALL];
  if (field.form === "list" || field.form === "records" || field.form === "usages") return textsIn(json);
  return typeof json === "string" || typeof json === "number" || typeof json === "boolean" ? json : blank(field);
}

function codecOf(field: Field): Codec | undefined {
  if (field.form === "grants") return GRANTS_IN_LINES;
  if (field.form === "subject") return SUBJECT_RULES;
  return field.form === "list" ? field.codec : undefined;
}

/** Undefined: left out. Settings that are empty are, but where "none" is another thing than the default; lists of the
 *  record itself are not, for the API has defaults for them. */
function written(field: Field, value: FieldValue): unknown {
  if (field.form === "choice" && field.isBoolean === true) return value === "" ? undefined : String(value) === "true";
  if (isJson(field)) return String(value).trim() === "" ? undefined : objectIn(String(value));
  if (typeof value === "string") return value.trim() === "" ? undefined : value.trim();
  if (typeof value !== "object") return value;
  const saysNone = field.form === "list" && field.isSentEmpty === true;
  if (value.length === 0 && field.name.includes(".") && !saysNone) return undefined;
  if (field.form === "records" && value[0] === ALL) return ALL;
  if (field.form === "records" && field.isNullForNone === true && value.length === 0) return null;
  const codec = codecOf(field);
  return codec === undefined ? [...value] : codec.write([...value]);
}

function jsonAt(json: unknown, name: string): unknown {
  const step = (found: unknown, key: string) =>
    typeof found === "object" && found !== null ? (found as Record<string, unknown>)[key] : undefined;
  return name.split(".").reduce(step, json);
}

function put(json: Record<string, unknown>, [first = "", ...rest]: string[], value: unknown): void {
  if (rest.length === 0) json[first] = value;
  else put((json[first] ??= {}) as Record<string, unknown>, rest, value);
}

function whenAbsent(field: Field): boolean | undefined {
  return field.form === "switch" ? field.whenAbsent : undefined;
}

/** What `row` says. What it does not say is left to the fields that are shown: their defaults may differ by type. */
export function draftOf(fields: readonly Field[], row: unknown): Draft {
  const isStored = typeof row === "object" && row !== null;
  const said = fields
    .map((field) => [field, jsonAt(row, field.name) ?? (isStored ? whenAbsent(field) : undefined)] as const)
    .filter(([, json]) => json !== undefined);
  return Object.fromEntries(said.map(([field, json]) => [field.name, read(field, json)]));
}

export function valueOf(field: Field, draft: Draft): FieldValue {
  return draft[field.name] ?? blank(field);
}

/** What of the draft these fields are about, as the API takes it. */
export function bodyOf(fields: readonly Field[], draft: Draft): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  if (fields.some(({ name }) => name.startsWith("config."))) body.config = {};
  for (const field of fields) {
    const value = written(field, valueOf(field, draft));
    if (value !== undefined) put(body, field.name.split("."), value);
  }
  return body;
}

function problemOf(field: Field, value: FieldValue): string | null {
  const isEmpty = typeof value === "object" ? value.length === 0 : value === false || String(value).trim() === "";
  if (isEmpty) return field.isNeeded ? "Required." : null;
  if (field.form === "grants") return (value as readonly string[]).some(isWithoutTeams) ? "Choose the teams of each role." : null;
  if (field.form === "subject")
    return (value as readonly string[]).some(isWithoutText) ? "Give each attribute a value or a pattern." : null;
  if (isJson(field)) return objectIn(String(value)) === undefined ? "Must be a JSON object." : null;
  if (field.form !== "text" || field.pattern === undefined || typeof value !== "string") return null;
  return field.pattern.test(value.trim()) ? null : (field.says ?? "Not in the required format.");
}

export function problemsOf(fields: readonly Field[], draft: Draft): Problems {
  const found = fields.map((field) => [field.name, problemOf(field, valueOf(field, draft))] as const);
  return Object.fromEntries(found.filter((entry): entry is [string, string] => entry[1] !== null));
}

export function labelsOf(fields: readonly Field[]): FieldLabels {
  return Object.fromEntries(fields.map(({ name, label }) => [name, label]));
}

/** The API's words by the field that they are about ("san_patterns.0" is about san_patterns). */
export function placed(error: Error | null, fields: readonly Field[]): Problems {
  const problems: Problems = {};
  for (const said of error instanceof ApiError ? error.errors : []) {
    const at = fields.find(({ name }) => said.field === name || said.field.startsWith(`${name}.`));
    if (at === undefined) continue;
    const message = at.form === "subject" ? ofAttribute(said) : said.message;
    problems[at.name] = [problems[at.name], message].filter(Boolean).join(" ");
  }
  return problems;
}

/** A sentence that names its attribute: "subject.O.allowed" is about O. */
function ofAttribute({ field, message }: FieldProblem): string {
  const [, attribute] = field.split(".");
  const sentence = message.endsWith(".") ? message : `${message}.`;
  return attribute === undefined || sentence.startsWith(attribute) ? sentence : `${attribute}: ${sentence}`;
}
