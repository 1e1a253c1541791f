import type { Observed } from "../../api/inventory";
import { useSession } from "../../components/session";

/** Whether the certificate is of a team of the reader. Who only has it in a place sees its facts, and no owner, tags or renewal. */
export function useIsOwn({ team_id }: Pick<Observed, "team_id">): boolean {
  const { teams } = useSession();
  return teams === "*" || teams.includes(team_id);
}
