import type { Schemas } from "../../api/client";

type Teams = Schemas["ProfileView"]["teams"];

/** Whether certificates of a team may have the profile. */
export function isOpenTo(teams: Teams, team: string): boolean {
  return teams === null || teams.includes(team);
}

/** Whether some team of the caller may use the profile. */
export function isOpenToAny(teams: Teams, own: "*" | readonly string[]): boolean {
  return teams === null || own === "*" || own.some((team) => teams.includes(team));
}
