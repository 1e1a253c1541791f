import { Teams } from "../kinds/accessParts";
import classes from "./Accounts.module.css";
import type { RoleGrant } from "./grants";

/** "operator: Shop, Web" on a line for each role. */
export function GrantsShown({ grants, none = "None" }: { grants: readonly RoleGrant[]; none?: string }) {
  if (grants.length === 0) return none;
  return (
    <div className={classes.lines}>
      {grants.map(({ role, teams }) => (
        <div key={role}>
          {role}: <Teams teams={teams} />
        </div>
      ))}
    </div>
  );
}
