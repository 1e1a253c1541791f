import type { Job } from "../../api/jobs";
import { counted } from "../../components/words/count";

const UNITS = [
  ["days", 86_400],
  ["hours", 3_600],
  ["minutes", 60],
] as const;

/** From its start, or its creation if no worker began it, to its end: "42 seconds", "3 hours". */
export function durationOf({ created_at, started_at, completed_at }: Job): string | null {
  if (completed_at === null) return null;
  const seconds = Math.max(0, Math.round((Date.parse(completed_at) - Date.parse(started_at ?? created_at)) / 1_000));
  const unit = UNITS.find(([, length]) => seconds >= length);
  const words = unit === undefined ? counted(seconds, "seconds") : counted(Math.floor(seconds / unit[1]), unit[0]);
  return started_at === null ? `${words}, never started` : words;
}
