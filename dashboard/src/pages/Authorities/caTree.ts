/** CAs as a tree: each root is followed by the CAs below it. */

import type { Authority } from "../../api/authorities";

type Family = "ECDSA" | "RSA";

/** `isBelow`: its root is the row above, or the one above its siblings. `mixed`: the families of its key and of its root's, if they
 *  differ. */
export interface PlacedCa {
  ca: Authority;
  isBelow: boolean;
  mixed: { own: Family; above: Family } | null;
}

/** In the order of the API; a CA whose root is not listed stands by itself. */
export function inTree(cas: readonly Authority[]): PlacedCa[] {
  const byId = new Map(cas.map((ca) => [ca.ca_id, ca]));
  const rootOf = (ca: Authority) => (ca.parent_id === null ? undefined : byId.get(ca.parent_id));
  const below = (root: Authority) => cas.filter((ca) => ca.parent_id === root.ca_id);
  return cas
    .filter((ca) => rootOf(ca) === undefined)
    .flatMap((top) => [
      { ca: top, isBelow: false, mixed: null },
      ...below(top).map((ca) => ({ ca, isBelow: true, mixed: mixtureOf(ca, top) })),
    ]);
}

function mixtureOf(ca: Authority, root: Authority): PlacedCa["mixed"] {
  const [own, above] = [familyOf(ca), familyOf(root)];
  return own === above ? null : { own, above };
}

function familyOf({ key_spec }: Authority): Family {
  return key_spec.startsWith("RSA") ? "RSA" : "ECDSA";
}

const KEYS: Record<Authority["key_spec"], string> = {
  ECC_NIST_P256: "P-256",
  ECC_NIST_P384: "P-384",
  RSA_2048: "RSA 2048",
  RSA_3072: "RSA 3072",
  RSA_4096: "RSA 4096",
};

export function keyInWords({ key_spec }: Authority): string {
  return KEYS[key_spec];
}
