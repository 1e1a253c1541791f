/** A mute as it is filled in. */

import type { NewMute, Severity } from "../../api/routing";
import { wireTime } from "../../api/wireTime";

export interface MuteDraft {
  of: "certificate" | "team";
  id: string;
  /** As the browser's field for date and time has it, in the reader's zone. Leave empty to start now. */
  startsAt: string;
  endsAt: string;
  reason: string;
  severities: Severity[];
}

export type MuteProblems = Partial<Record<"id" | "startsAt" | "endsAt" | "reason", string>>;

const HOUR_MS = 3_600_000;
const LONGEST_DAYS = 366;

/** For four hours, as a maintenance takes them. */
export function newMuteDraft(nowMs: number): MuteDraft {
  return { of: "certificate", id: "", startsAt: "", endsAt: localTime(nowMs + 4 * HOUR_MS), reason: "", severities: [] };
}

export function problemsOfMute({ of, id, startsAt, endsAt, reason }: MuteDraft, nowMs: number): MuteProblems {
  const [start, end] = [startsAt === "" ? nowMs : Date.parse(startsAt), Date.parse(endsAt)];
  return {
    ...(id === "" && { id: of === "team" ? "Choose a team." : "Choose a certificate." }),
    ...(Number.isNaN(start) && { startsAt: "Enter a date and a time." }),
    ...(!(end > Math.max(start, nowMs)) && { endsAt: "Must be in the future and after the start." }),
    ...(end > nowMs + LONGEST_DAYS * 24 * HOUR_MS && { endsAt: `Within ${LONGEST_DAYS} days.` }),
    ...(reason.trim() === "" && { reason: "Enter a reason, so that others know why alerts are missing." }),
  };
}

export function bodyOfMute({ of, id, startsAt, endsAt, reason, severities }: MuteDraft): NewMute {
  return {
    ...(of === "team" ? { team_id: id } : { certificate_id: id }),
    ...(startsAt !== "" && { starts_at: wireTime(startsAt) }),
    ends_at: wireTime(endsAt),
    reason: reason.trim(),
    severities,
  };
}

/** YYYY-MM-DDTHH:MM of the reader's zone. */
function localTime(ms: number): string {
  const at = new Date(ms);
  return new Date(ms - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
