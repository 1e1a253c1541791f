/** What is sent of a file: each leaf with the certificates above it, and what no leaf leads to by itself. */

import type { ImportedCertificate } from "../../api/inventory";
import { namesOf } from "./der";

const MOST_IN_CHAIN = 10;
/** domain/inventory/places.py and domain/inventory/imports.py. */
const [MOST_PLACE, MOST_CERTIFICATES] = [1_000, 300];
/** A body has 4 MiB at most; the rest is for what is around the certificates. */
const MOST_CHARACTERS = 3_500_000;

interface Read {
  der: Uint8Array;
  names: ReturnType<typeof namesOf>;
}

/** `path`: the file's name, below the folder that was chosen. */
export function entriesOf(path: string, ders: readonly Uint8Array[]): ImportedCertificate[] {
  const all = ders.map((der): Read => ({ der, names: namesOf(der) }));
  const leaves = all.filter((one) => !all.some((other) => other !== one && isAbove(one, other)));
  const chains = new Map(leaves.map((leaf) => [leaf, chainOf(leaf, all)]));
  const covered = new Set([...chains.values()].flat());
  return all
    .filter((one) => chains.has(one) || !covered.has(one))
    .map((one, index) => ({
      place: placeOf(path, index + 1),
      der: base64Of(one.der),
      chain: (chains.get(one) ?? []).map(({ der }) => base64Of(der)),
    }));
}

function isAbove({ names: upper }: Read, { names: lower }: Read): boolean {
  return upper !== null && lower !== null && lower.issuer === upper.subject && lower.subject !== upper.subject;
}

function chainOf(leaf: Read, all: readonly Read[]): Read[] {
  const chain: Read[] = [];
  let lower: Read | undefined = leaf;
  while (lower !== undefined && chain.length < MOST_IN_CHAIN) {
    const below: Read = lower;
    lower = all.find((one) => one !== leaf && !chain.includes(one) && isAbove(one, below));
    if (lower !== undefined) chain.push(lower);
  }
  return chain;
}

/** Of a long path the end says more. */
function placeOf(path: string, number: number): string {
  const [head, tail] = ["upload:", `#${number}`];
  return `${head}${path.slice(-(MOST_PLACE - head.length - tail.length))}${tail}`;
}

function base64Of(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** In the order of the files; each is one request. */
export function chunksOf(entries: readonly ImportedCertificate[]): ImportedCertificate[][] {
  const chunks: ImportedCertificate[][] = [];
  let characters = 0;
  for (const entry of entries) {
    const size = JSON.stringify(entry).length;
    const last = chunks.at(-1);
    if (last === undefined || last.length === MOST_CERTIFICATES || characters + size > MOST_CHARACTERS) {
      chunks.push([entry]);
      characters = size;
    } else {
      last.push(entry);
      characters += size;
    }
  }
  return chunks;
}
