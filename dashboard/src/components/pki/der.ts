/** Steps into DER that requests and certificates share. */

import { Constructed, fromBER, ObjectIdentifier } from "asn1js";

const COMMON_NAME = "2.5.4.3";
const ATTRIBUTES: Record<string, string> = {
  [COMMON_NAME]: "CN",
  "2.5.4.5": "serialNumber",
  "2.5.4.6": "C",
  "2.5.4.7": "L",
  "2.5.4.8": "ST",
  "2.5.4.10": "O",
  "2.5.4.11": "OU",
};

/** Raises where the bytes are no DER. */
export function parsed(bytes: ArrayBuffer): unknown {
  const { offset, result } = fromBER(bytes);
  if (offset === -1) throw new Error("This cannot be decoded.");
  return result;
}

export function children(node: unknown): unknown[] {
  return node instanceof Constructed ? node.valueBlock.value : [];
}

/** The node as it was encoded. */
export function derOf(node: unknown): Uint8Array<ArrayBuffer> {
  return node instanceof Constructed ? Uint8Array.from(node.valueBeforeDecodeView) : new Uint8Array();
}

export function oidOf(node: unknown): string {
  return node instanceof ObjectIdentifier ? node.valueBlock.toString() : "";
}

/** Of a Name (RFC 5280, 4.1.2.4). */
export function commonNameIn(name: unknown): string | null {
  const pairs = children(name).flatMap(children).map(children);
  return textOf(pairs.find(([type]) => oidOf(type) === COMMON_NAME)?.[1]);
}

/** The first value of each attribute but the common name, by its short name: an unknown one by its OID. */
export function otherAttributesIn(name: unknown): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [type, value] of children(name).flatMap(children).map(children)) {
    if (oidOf(type) !== COMMON_NAME) found[ATTRIBUTES[oidOf(type)] ?? oidOf(type)] ??= textOf(value) ?? "";
  }
  return found;
}

/** A Name as text (RFC 4514): the last part first, "CN=Example CA,O=Example". */
export function nameText(name: unknown): string {
  const pairs = children(name).flatMap(children).map(children);
  return pairs
    .map(([type, value]) => `${ATTRIBUTES[oidOf(type)] ?? oidOf(type)}=${(textOf(value) ?? "").replaceAll(/[,+"\\<>;]/g, "\\$&")}`)
    .reverse()
    .join(",");
}

function textOf(node: unknown): string | null {
  const value = (node as { valueBlock?: { value?: unknown } } | undefined)?.valueBlock?.value;
  return typeof value === "string" ? value : null;
}
