import { Text } from "@mantine/core";

import type { Attempt } from "../../api/notifications";
import { StatusBadge } from "../../components/StatusBadge";
import { ExactTime } from "../../components/Time";
import classes from "./Notifications.module.css";

const KEPT = 10;

/** The last ten, newest first. */
export function Attempts({ attempts }: { attempts: readonly Attempt[] }) {
  if (attempts.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        No attempts yet.
      </Text>
    );
  }
  return (
    <>
      <table className={classes.attempts} aria-label="Attempts">
        <thead>
          <tr>
            {["#", "Time", "Outcome", "Status", "Duration"].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {withRuns(attempts.toReversed()).map(({ attempt, run }, index) => (
            // The order never changes but by new ones in front; `n` may come twice after a lost attempt.
            <Row key={attempts.length - index} attempt={attempt} run={run} />
          ))}
        </tbody>
      </table>
      {attempts.length === KEPT && (
        <Text size="xs" c="dimmed">
          The last 10 attempts. Earlier ones are in the audit trail.
        </Text>
      )}
    </>
  );
}

interface Line {
  attempt: Attempt;
  /** How many attempts in a row had this error, at the newest of them; 0 at the others. */
  run: number;
}

/** The same error is told once. */
function withRuns(newestFirst: readonly Attempt[]): Line[] {
  return newestFirst.map((attempt, index) => {
    if (newestFirst[index - 1]?.error === attempt.error) return { attempt, run: 0 };
    const end = newestFirst.findIndex(({ error }, at) => at > index && error !== attempt.error);
    return { attempt, run: (end === -1 ? newestFirst.length : end) - index };
  });
}

function Row({ attempt, run }: Line) {
  const { n, at, outcome, status_code, duration_ms, error } = attempt;
  return (
    <tr>
      <td>{n}</td>
      <td>
        <ExactTime at={at} />
      </td>
      <td>
        <StatusBadge status={outcome} label={outcome === "" ? "Not sent" : undefined} />
        {error !== "" && run > 0 && (
          <div className={classes.attemptError}>
            {error}
            {run > 1 && <span className={classes.runs}>{run} times in a row</span>}
          </div>
        )}
      </td>
      <td>{status_code ?? "–"}</td>
      <td>{duration_ms.toLocaleString("en")} ms</td>
    </tr>
  );
}
