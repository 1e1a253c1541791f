/** Which keys a profile takes: rules by algorithm in the API, one choice of algorithm and size after the other here. */

import type { Codec } from "../codec";
import type { Schemas } from "../../../api/client";
import type { Option } from "../fields";

type Rule = Schemas["KeyRuleView"];

const SIZES: Record<Rule["algorithm"], readonly number[]> = { RSA: [2048, 3072, 4096], ECDSA: [256, 384], Ed25519: [] };
const ALGORITHMS = Object.keys(SIZES) as Rule["algorithm"][];

/** "RSA" is any size that the CA takes. */
export const KEY_OPTIONS: readonly Option[] = ALGORITHMS.flatMap((algorithm) => [
  { value: algorithm, label: SIZES[algorithm].length === 0 ? algorithm : `${algorithm}, any size` },
  ...SIZES[algorithm].map((size) => ({ value: `${algorithm} ${size}`, label: `${algorithm} ${size}` })),
]);

export const KEY_RULES: Codec = {
  read: (json) =>
    (json as Rule[]).flatMap(({ algorithm, sizes }) => (sizes.length === 0 ? [algorithm] : sizes.map((size) => `${algorithm} ${size}`))),
  write: (texts) =>
    ALGORITHMS.filter((algorithm) => texts.some((text) => text.startsWith(algorithm))).map((algorithm) => rule(algorithm, texts)),
};

function rule(algorithm: Rule["algorithm"], texts: string[]): Rule {
  const sizes = texts.filter((text) => text.startsWith(`${algorithm} `)).map((text) => Number(text.split(" ")[1]));
  return { algorithm, sizes: texts.includes(algorithm) ? [] : sizes.sort((a, b) => a - b) };
}

export function keysInWords(rules: readonly Rule[]): string {
  if (rules.length === 0) return "Any";
  return rules.map(({ algorithm, sizes }) => [algorithm, sizes.join(", ")].filter(Boolean).join(" ")).join("; ");
}
