/** A new EAB key as it is filled in. */

import type { ChallengeType, EabKey, NewEabKey } from "../../api/acme";

export interface EabKeyDraft {
  name: string;
  accountId: string;
  teamId: string;
  names: readonly string[];
  mode: EabKey["authorization"];
  challenges: readonly ChallengeType[];
  wildcards: boolean;
  profileIds: readonly string[];
  ownerId: string;
  cidrs: readonly string[];
  /** "": any number. */
  maxAccounts: string;
}

export const CHALLENGES: readonly ChallengeType[] = ["http-01", "dns-01", "tls-alpn-01"];

export const NEW_EAB_KEY: EabKeyDraft = {
  name: "",
  accountId: "",
  teamId: "",
  names: [],
  mode: "challenges",
  challenges: CHALLENGES,
  wildcards: false,
  profileIds: [],
  ownerId: "",
  cidrs: [],
  maxAccounts: "10",
};

export type DraftProblems = Partial<Record<"name" | "accountId" | "names" | "challenges" | "maxAccounts", string>>;

const MOST_NAMES = 20;
const MOST_ACCOUNTS = 10_000;

export function problemsOf({ name, accountId, names, mode, challenges, maxAccounts }: EabKeyDraft): DraftProblems {
  return {
    ...(name.trim() === "" && { name: "Enter a name, so that others know what the key is for." }),
    ...(accountId === "" && { accountId: "Choose the service account whose certificates clients request." }),
    ...(names.length === 0 && { names: "Enter at least one pattern." }),
    ...(names.length > MOST_NAMES && { names: `Enter at most ${MOST_NAMES} patterns.` }),
    ...(mode === "challenges" && challenges.length === 0 && { challenges: "Choose at least one type of challenge." }),
    ...(!isPossible(maxAccounts) && { maxAccounts: `A number from 1 to ${MOST_ACCOUNTS}, or nothing for any number.` }),
  };
}

export function bodyOfDraft(draft: EabKeyDraft): NewEabKey {
  const { name, accountId, teamId, names, mode, challenges, wildcards, profileIds, ownerId, cidrs, maxAccounts } = draft;
  return {
    name: name.trim(),
    service_account_id: accountId,
    names: [...names],
    authorization: mode,
    ...(mode === "challenges" && { challenges: [...challenges] }),
    wildcards,
    source_cidrs: [...cidrs],
    max_accounts: maxAccounts.trim() === "" ? null : Number(maxAccounts),
    ...(teamId !== "" && { team_id: teamId }),
    ...(profileIds.length > 0 && { profile_ids: [...profileIds] }),
    ...(ownerId !== "" && { owner_id: ownerId }),
  };
}

function isPossible(text: string): boolean {
  const number = Number(text);
  return text.trim() === "" || (Number.isInteger(number) && number >= 1 && number <= MOST_ACCOUNTS);
}
