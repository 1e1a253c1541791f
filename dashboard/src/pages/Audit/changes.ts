/** What an event changed: `before` and `after` of its details, field by field. */

export interface Change {
  /** Dotted path. */
  field: string;
  /** null if the field is absent. */
  before: string | null;
  after: string | null;
  isChanged: boolean;
}

type Details = Record<string, unknown>;

/** None for events without both, API calls for one. */
export function changesIn(details: Details): Change[] {
  if (!("before" in details) && !("after" in details)) return [];
  const [before, after] = [flat(details.before), flat(details.after)];
  const fields = [...new Set([...before.keys(), ...after.keys()])];
  return fields.map((field) => {
    const [old, new_] = [before.get(field) ?? null, after.get(field) ?? null];
    return { field, before: old, after: new_, isChanged: old !== new_ };
  });
}

/** Everything else that the details tell. */
export function otherDetails(details: Details): [string, string][] {
  const rest = Object.entries(details).filter(([name]) => name !== "before" && name !== "after");
  return [...flat(Object.fromEntries(rest))];
}

function flat(value: unknown, path = "", into = new Map<string, string>()): Map<string, string> {
  if (isRecord(value)) {
    for (const [name, inner] of Object.entries(value)) flat(inner, path === "" ? name : `${path}.${name}`, into);
    if (Object.keys(value).length === 0 && path !== "") into.set(path, "none");
    return into;
  }
  if (Array.isArray(value) && value.some((item) => typeof item === "object")) {
    for (const [index, inner] of value.entries()) flat(inner, `${path}.${index + 1}`, into);
    return into;
  }
  if (path !== "") into.set(path, textOf(value));
  return into;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "none";
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(String).join(", ");
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (value === "") return "(empty)";
  return typeof value === "string" || typeof value === "number" ? String(value) : JSON.stringify(value);
}

function isRecord(value: unknown): value is Details {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
