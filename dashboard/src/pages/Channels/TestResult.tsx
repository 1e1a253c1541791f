import type { ChannelTest } from "../../api/channels";
import { messageOf } from "../../api/errors";
import { StatusBadge } from "../../components/StatusBadge";
import classes from "./Channels.module.css";

interface TestResultProps {
  test: { data: ChannelTest | undefined; error: Error | null; isPending: boolean };
}

/** What the test message came to. Read out when it comes. */
export function TestResult({ test: { data, error, isPending } }: TestResultProps) {
  return (
    <div role="status" aria-label="Test result">
      {isPending && <div className={classes.says}>Sending a test message…</div>}
      {!isPending && error !== null && (
        <div className={classes.says} data-tone="bad">
          The test could not be sent. {messageOf(error)}
        </div>
      )}
      {!isPending && data !== undefined && <Outcome outcome={data} />}
    </div>
  );
}

function Outcome({ outcome: { outcome, status_code, duration_ms, error } }: { outcome: ChannelTest }) {
  const wentThrough = outcome === "delivered" || outcome === "accepted";
  return (
    <div className={classes.says} data-tone={wentThrough ? "ok" : "bad"}>
      <div className={classes.badges}>
        <StatusBadge status={outcome} />
        <span>
          {status_code !== null && `HTTP ${status_code}, `}
          {duration_ms.toLocaleString("en")} ms
        </span>
      </div>
      {outcome === "accepted" && "The provider accepted it, but does not report whether it arrives."}
      {error !== "" && <div>{error}</div>}
    </div>
  );
}
