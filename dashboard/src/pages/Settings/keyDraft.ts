/** A new API key as it is filled in. */

import type { NewApiKey } from "../../api/apiKeys";
import { wireTime } from "../../api/wireTime";
import type { Permission, Role } from "../../api/permissions";
import { permissionsOf } from "./grants";

export interface KeyDraft {
  name: string;
  /** Null: all roles of its account. */
  role: Role | null;
  /** The ID of the service account or user that it acts for; "" for that of the key in use. */
  account: string;
  /** An ID; "" for the owner of the key in use. */
  owner: string;
  reach: "mine" | "all" | "some";
  /** IDs. */
  teams: readonly string[];
  /** Days as text, "default", or "day" for the one in `day`. */
  expiry: string;
  day: string;
  /** Permissions to which it is limited; none for all of its role. */
  actions: readonly Permission[];
  /** Patterns of the names that it may request; none for any of its teams. */
  names: readonly string[];
}

export const EMPTY_DRAFT: KeyDraft = {
  name: "",
  role: null,
  account: "",
  owner: "",
  reach: "mine",
  teams: [],
  expiry: "default",
  day: "",
  actions: [],
  names: [],
};

export const EXPIRIES = [
  { value: "default", label: "In 90 days" },
  { value: "30", label: "In 30 days" },
  { value: "365", label: "In a year" },
  { value: "day", label: "On a date" },
];

const MOST_NAMES = 20;
const LONGEST_MS = 400 * 86_400_000;

export type DraftProblems = Partial<Record<"name" | "teams" | "day" | "names", string>>;

/** What the fields of a form get. */
export interface DraftFields {
  draft: KeyDraft;
  onChange: (draft: KeyDraft) => void;
  problems: DraftProblems;
}

/** A key of another role requests no certificates. */
export function mayRequest(role: Role): boolean {
  return permissionsOf(role).includes("certificates:write");
}

export function problemsOf(draft: KeyDraft): DraftProblems {
  return {
    ...(draft.name.trim() === "" && { name: "Enter a name, so that others know what the key is for." }),
    ...(draft.reach === "some" && draft.teams.length === 0 && { teams: "Choose at least one team." }),
    ...(draft.names.length > MOST_NAMES && { names: `Enter at most ${MOST_NAMES} patterns.` }),
    ...(draft.expiry === "day" && endOfDay(draft.day) <= Date.now() && { day: "Choose a date in the future." }),
    ...(draft.expiry === "day" && endOfDay(draft.day) > Date.now() + LONGEST_MS && { day: "Choose a date at most 400 days ahead." }),
  };
}

export function bodyOfDraft(draft: KeyDraft): NewApiKey {
  return {
    name: draft.name.trim(),
    ...(draft.role !== null && { role: draft.role }),
    ...(draft.account !== "" && { subject_id: draft.account }),
    ...(draft.reach === "all" && { teams: "*" as const }),
    ...(draft.reach === "some" && { teams: [...draft.teams] }),
    ...(draft.owner !== "" && { owner_id: draft.owner }),
    ...(draft.actions.length > 0 && { actions: [...draft.actions] }),
    ...(draft.names.length > 0 && (draft.role === null || mayRequest(draft.role)) && { names: [...draft.names] }),
    ...(draft.expiry !== "default" && { expires_at: expiryOf(draft) }),
  };
}

/** The end of a day, so that a form that is sent twice asks twice for the same. */
function expiryOf({ expiry, day }: KeyDraft): string {
  const at = expiry === "day" ? endOfDay(day) : new Date().setHours(23, 59, 59, 0) + Number(expiry) * 86_400_000;
  return wireTime(at);
}

/** In the reader's time zone; 0 for a text that is no day. */
function endOfDay(day: string): number {
  const at = Date.parse(`${day}T23:59:59`);
  return Number.isNaN(at) ? 0 : at;
}
