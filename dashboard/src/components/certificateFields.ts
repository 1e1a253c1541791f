/** The fields of a certificate by what they are used for. A new one stands in api/recordFields.ts alone. */

import { certificateFields, type RecordField } from "../api/recordFields";

type Described = (typeof certificateFields)[number];
type Use = "create" | "edit" | "filter" | "bulk" | "column";

/** The names of the fields that have this use. */
export type FieldWith<Key extends Use> = Extract<Described, Record<Key, string>>["name"];

export const CERTIFICATE_FIELDS: readonly RecordField[] = certificateFields;

/** Values of fields as a form holds them: IDs and texts, lists of them, and pairs as "key=value". */
export type FieldValues = Readonly<Record<string, string | readonly string[]>>;

const LISTS: readonly RecordField["type"][] = ["ids", "texts", "pairs"];

export function isList({ type }: RecordField): boolean {
  return LISTS.includes(type);
}

export function emptyOf(fields: readonly RecordField[]): FieldValues {
  return Object.fromEntries(fields.map((field) => [field.name, isList(field) ? [] : ""]));
}

/** What the record has, as the form holds it. */
export function valuesOf(fields: readonly RecordField[], record: object): FieldValues {
  const stored = new Map(Object.entries(record));
  return Object.fromEntries(fields.map((field) => [field.name, inForm(field, stored.get(field.name))]));
}

function inForm(field: RecordField, value: unknown): string | string[] {
  if (field.type === "pairs") return pairsOf(value);
  if (Array.isArray(value)) return value.map(String);
  return typeof value === "string" ? value : "";
}

export function pairsOf(value: unknown): string[] {
  return Object.entries(value ?? {}).map(([key, text]) => `${key}=${String(text)}`);
}

/** The text of a field that is a text or an ID. */
export function textOf(record: object, name: string): string {
  const value = new Map<string, unknown>(Object.entries(record)).get(name);
  return typeof value === "string" ? value : "";
}

/** As the API takes it. */
export function onWire({ type }: RecordField, value: string | readonly string[]): unknown {
  if (typeof value === "string") return value.trim();
  if (type !== "pairs") return value;
  return Object.fromEntries(value.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
}

/** What is wrong with the values, by field. */
export function problemsWith(fields: readonly RecordField[], use: "create" | "edit", values: FieldValues): Partial<Record<string, string>> {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const problem = problemWith(field, field[use] === "required", values[field.name] ?? "");
      return problem === null ? [] : [[field.name, problem]];
    }),
  );
}

function problemWith({ type, label, most }: RecordField, isRequired: boolean, value: string | readonly string[]): string | null {
  if (typeof value === "string") return isRequired && value.trim() === "" ? `Enter a ${label.toLowerCase()}.` : null;
  const wrong = type === "pairs" ? value.find((pair) => !/^[^=]+=/.test(pair)) : undefined;
  if (wrong !== undefined) return `${wrong} is not in the form key=value.`;
  return most !== null && value.length > most ? `At most ${most} ${label.toLowerCase()}.` : null;
}
