/** Claims of a trust rule: a path with its values in the API, one line for each value here, as in the command line. */

import type { Schemas } from "../../api/client";
import type { Codec } from "./codec";

type Rule = Schemas["ClaimRuleView"];

const NESTED = ">";

const line = (path: readonly string[], value: string) => `${path.join(NESTED)}=${value}`;

/** `repository_id=1296269`, `kubernetes.io>namespace=shop`. A value may have "=" itself. */
export const CLAIM_RULES: Codec = {
  read: (json) => (json as Rule[]).flatMap(({ path, values }) => values.map((value) => line(path, value))),
  write: (lines) => {
    const rules = new Map<string, Rule>();
    for (const text of lines) {
      const [name = "", ...value] = text.split("=");
      const path = name.split(NESTED).map((each) => each.trim());
      const rule = rules.get(path.join(NESTED)) ?? { path, values: [] };
      rules.set(path.join(NESTED), { ...rule, values: [...rule.values, value.join("=").trim()] });
    }
    return [...rules.values()].map(withoutEmpty);
  },
};

/** A comma at the end of a field is no value of its own. */
function withoutEmpty({ path, values }: Rule): Rule {
  const given = values.filter((value) => value !== "");
  return { path, values: given.length === 0 ? values : given };
}

export function claimsInWords(rules: readonly Rule[]): string {
  return rules.map(({ path, values }) => `${path.join(" > ")} is ${values.join(" or ")}`).join("; ");
}
