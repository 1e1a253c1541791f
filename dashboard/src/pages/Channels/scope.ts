import { useNames } from "../../api/names";

/** What a rule is about, by its ID: the whole stack, a team or an owner by name. */
export function useScopeWords(): (ruleId: string) => string {
  const team = useNames("teams");
  const owner = useNames("owners");
  return (ruleId) => {
    if (ruleId === "stack") return "The whole stack";
    const [kind, ...rest] = ruleId.split(":");
    const id = rest.join(":");
    return kind === "team" ? `Team ${team(id)}` : `Owner ${owner(id)}`;
  };
}
