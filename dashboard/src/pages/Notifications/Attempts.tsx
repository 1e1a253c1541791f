import { Text } from "@mantine/core";

import type { Attempt } from "../../api/notifications";
import { StatusBadge } from "../../components/StatusBadge";
import { Time } from "../../components/Time";
import classes from "./Notifications.module.css";

const KEPT = 10;

/** The last ten, newest first. */
export function Attempts({ attempts }: { attempts: readonly Attempt[] }) {
  if (attempts.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        Nobody has tried to send it yet.
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
          {attempts.toReversed().map((attempt, index) => (
            // The order never changes but by new ones in front; `n` may come twice after a lost attempt.
            <Row key={attempts.length - index} attempt={attempt} />
          ))}
        </tbody>
      </table>
      {attempts.length === KEPT && (
        <Text size="xs" c="dimmed">
          The last ten; earlier ones are in the audit trail.
        </Text>
      )}
    </>
  );
}

function Row({ attempt }: { attempt: Attempt }) {
  const { n, at, outcome, status_code, duration_ms, error } = attempt;
  return (
    <tr>
      <td>{n}</td>
      <td>
        <Time at={at} />
      </td>
      <td>
        <StatusBadge status={outcome} label={outcome === "" ? "Not sent" : undefined} />
        {error !== "" && <div className={classes.attemptError}>{error}</div>}
      </td>
      <td>{status_code ?? "–"}</td>
      <td>{duration_ms.toLocaleString("en")} ms</td>
    </tr>
  );
}
