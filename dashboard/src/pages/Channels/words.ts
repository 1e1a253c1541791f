/** Severities and types of alerts, as they are chosen and read. */

import type { Schemas } from "../../api/client";
import type { Route, Severity } from "../../api/routing";

export const SEVERITIES: Severity[] = ["info", "warning", "critical"];

/** Tests go to the tested channel, whatever the rules say. */
export const TYPES: { value: Schemas["NotificationType"]; label: string }[] = [
  { value: "ExpirationWarning", label: "Expiration warning" },
  { value: "RenewalSuccess", label: "Renewal success" },
  { value: "RenewalFailure", label: "Renewal failure" },
  { value: "DeploymentSuccess", label: "Deployment success" },
  { value: "DeploymentFailure", label: "Deployment failure" },
  { value: "PolicyViolation", label: "Policy violation" },
  { value: "Revocation", label: "Revocation" },
  { value: "ChannelFailure", label: "Channel failure" },
  { value: "ReplacementNeeded", label: "Replacement needed" },
  { value: "EndpointProblem", label: "Endpoint problem" },
  { value: "UnmanagedExpiry", label: "Unmanaged expiry" },
  { value: "UnknownIssuance", label: "Unknown issuance" },
  { value: "SourceFailure", label: "Source failure" },
  { value: "Digest", label: "Weekly digest" },
];

export function severitiesInWords(severities: readonly Severity[]): string {
  return severities.length === 0 ? "All severities" : severities.join(", ");
}

/** "critical · Revocation, Renewal failure": of these severities and of these types. */
export function matchInWords({ severities, types }: Route): string {
  const names = types.map((type) => TYPES.find(({ value }) => value === type)?.label ?? type);
  const parts = [severities.join(", "), names.join(", ")].filter((part) => part !== "");
  return parts.length === 0 ? "Every alert" : parts.join(" · ");
}
