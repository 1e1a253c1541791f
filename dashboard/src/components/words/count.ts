/** "1 job", "2 jobs", "1,204 certificates": the noun is given in the plural. */
export function counted(count: number, plural: string): string {
  return `${count.toLocaleString("en")} ${count === 1 ? singular(plural) : plural}`;
}

/** "policies" is "policy", "audit events" is "audit event". */
function singular(plural: string): string {
  return plural.endsWith("ies") ? `${plural.slice(0, -3)}y` : plural.replace(/s$/, "");
}

/** "30, 14, 7 days before expiry"; "1 day before expiry". */
export function daysBeforeExpiry(days: readonly number[]): string {
  const unit = days.every((day) => day === 1) ? "day" : "days";
  return `${days.join(", ")} ${unit} before expiry`;
}
