/** The profile of the new certificate: what its subject may say, and for whom it is. */

import { useQuery, useQueryClient } from "@tanstack/react-query";

import type { Row } from "../../api/catalog";
import { CERTIFICATE_FIELDS, type FieldValues } from "../../components/certificateFields";
import { nameQuery } from "../../components/catalog/options";
import { isOpenTo } from "../../components/catalog/profileTeams";
import { useSession } from "../../components/session";
import type { Problems } from "./draft";

type Profile = Row<"profiles">;

/** The value that the API takes for a field without a choice; of teams the caller's own first. */
export function useDefaults(): (name: string) => string {
  const { teams } = useSession();
  const [first] = teams === "*" ? [] : teams;
  return (name) => (name === "team_id" ? first : undefined) ?? CERTIFICATE_FIELDS.find((field) => field.name === name)?.fallback ?? "";
}

/** `read` waits until the profile is known: undefined if it cannot be read. */
export function useProfile(details: FieldValues) {
  const queries = useQueryClient();
  const defaultOf = useDefaults();
  const chosen = (name: string) => String(details[name] ?? "") || defaultOf(name);
  const query = nameQuery("profiles", chosen("profile_id"));
  const { data: profile } = useQuery(query);
  const read = (): Promise<Profile | undefined> => queries.query(query).catch(() => undefined);
  return { profile, read, team: chosen("team_id") };
}

export function profileProblems(profile: Profile | undefined, team: string): Problems {
  if (profile === undefined || isOpenTo(profile.teams, team)) return {};
  return { profile_id: `This profile is for certificates of other teams: ${(profile.teams ?? []).join(", ")}.` };
}
