import { Group } from "@mantine/core";

import type { Endpoint } from "../../api/endpoints";
import { StatusBadge } from "../../components/StatusBadge";
import { FINDINGS, SEVERITY_TONES } from "./words";

/** What is wrong at an endpoint, each finding once. */
export function FindingBadges({ endpoint: { findings, changed_at } }: { endpoint: Endpoint }) {
  if (findings.length === 0) return changed_at === null ? "Not probed yet" : <StatusBadge status="Active" label="None" />;
  const once = new Map(findings.map((one) => [one.finding, one]));
  return (
    <Group gap={6}>
      {[...once.values()].map(({ finding, severity }) => (
        <StatusBadge key={finding} status={finding} label={FINDINGS[finding].label} tone={SEVERITY_TONES[severity]} />
      ))}
    </Group>
  );
}
