import { useMemo } from "react";

import { previewPolicy, type ForeseenViolation, type PolicyPreview, type PolicyRule } from "../../../api/policyPreview";
import { usePreview } from "./usePreview";

export interface Findings {
  violations: readonly ForeseenViolation[];
  examined: number;
  evaluated: number;
  failed: number;
  total: number;
}

function sumOf(pages: readonly PolicyPreview[]): Findings {
  const sum = (of: (page: PolicyPreview) => number) => pages.reduce((before, page) => before + of(page), 0);
  const examined = sum((page) => page.examined);
  return {
    violations: pages.flatMap((page) => page.data),
    examined,
    evaluated: sum((page) => page.evaluated),
    failed: sum((page) => page.failed),
    // The counter may be behind what was read.
    total: Math.max(examined, pages.at(-1)?.total ?? 0),
  };
}

/** The certificates that would violate `rule`; nothing is asked for null. */
export function usePolicyPreview(rule: PolicyRule | null) {
  const { pages, ...preview } = usePreview("policies", rule, previewPolicy);
  const findings = useMemo(() => (pages === undefined ? null : sumOf(pages)), [pages]);
  return { findings, ...preview };
}
