import type { ApiDocument, Schema } from "../../api/reference";

const PREFIX = "#/components/schemas/";

export function nameOf({ $ref }: Schema): string | null {
  return $ref?.startsWith(PREFIX) ? $ref.slice(PREFIX.length) : null;
}

export function resolved(document: ApiDocument, schema: Schema): Schema {
  const name = nameOf(schema);
  return name === null ? schema : (document.components.schemas[name] ?? {});
}

/** The schema whose fields are shown below one: its own, or that of its items. */
export function innerOf(document: ApiDocument, schema: Schema): Schema | null {
  const options = schema.anyOf?.map((option) => innerOf(document, option)).filter((inner) => inner !== null) ?? [];
  if (options[0] !== undefined) return options[0];
  if (schema.items !== undefined) return innerOf(document, schema.items);
  return resolved(document, schema).properties === undefined ? null : schema;
}

/** "string or null", "list of ClaimRuleBody", "one of RSA, ECDSA". */
export function typeInWords(document: ApiDocument, schema: Schema): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map((option) => typeInWords(document, option)).join(" or ");
  const name = nameOf(schema);
  const whole = resolved(document, schema);
  if (whole.enum !== undefined) return `one of ${whole.enum.map(String).join(", ")}`;
  if (name !== null) return name;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.items !== undefined) return `list of ${typeInWords(document, schema.items)}`;
  if (schema.type === "object" && typeof schema.additionalProperties === "object")
    return `object of ${typeInWords(document, schema.additionalProperties)}`;
  return [schema.type ?? "any"].flat().join(" or ");
}

const LIMITS: readonly [keyof Schema, string][] = [
  ["format", "format"],
  ["pattern", "pattern"],
  ["minimum", "at least"],
  ["maximum", "at most"],
  ["minLength", "characters at least"],
  ["maxLength", "characters at most"],
  ["maxItems", "items at most"],
  ["default", "default"],
];

/** "at least 1, at most 500, default 50" */
export function limitsOf(schema: Schema): string {
  const own = [schema, ...(schema.anyOf ?? [])];
  return LIMITS.flatMap(([key, word]) => {
    const value = own.map((each) => each[key]).find((found) => found !== undefined);
    return value === undefined ? [] : [`${word} ${typeof value === "string" ? value : JSON.stringify(value)}`];
  }).join(", ");
}
