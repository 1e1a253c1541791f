import { Alert, Button, Code, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";

import { auditKeys, readSealState, type SealState } from "../../api/audit";
import { StatusBadge } from "../../components/StatusBadge";
import { QueryView } from "../../components/states";
import { Time } from "../../components/Time";
import classes from "./Audit.module.css";

/** As the alarm of the stack (docs/audit.md, "Alarms"): seals are written every 5 minutes. */
const MOST_LAG_SECONDS = 15 * 60;
const REFRESH_MS = 60_000;

/** Up to when the trail is sealed, and how to prove it. For roles that may export. */
export function Seals() {
  const query = useQuery({
    queryKey: auditKeys.seals,
    queryFn: ({ client, queryKey, signal }) => readSealState(client.getQueryData(queryKey) != null, signal),
    refetchInterval: REFRESH_MS,
  });
  return (
    <section aria-label="Seals" className={classes.seals}>
      <QueryView query={query} what="the newest seal">
        {(seal) => (seal === null ? <NothingSealed /> : <Newest seal={seal} />)}
      </QueryView>
    </section>
  );
}

function NothingSealed() {
  return (
    <Text size="sm" c="dimmed">
      No seals yet. The first seal is made within 5 minutes of the first event.
    </Text>
  );
}

/** One line, for the list is what people come for; how it is proved is shown on demand. */
function Newest({ seal }: { seal: SealState }) {
  const isLate = seal.lag_seconds > MOST_LAG_SECONDS;
  const [isExplained, { toggle }] = useDisclosure(false);
  return (
    <>
      {isLate && (
        <Alert color="yellow" role="alert" title={`Sealing is ${minutes(seal.lag_seconds)} behind`}>
          Events since then can be changed without leaving a trace. Check the alarm MaintenanceMargin and the log of maintenance_schedule.
          Nothing is lost: the next run seals everything that waits.
        </Alert>
      )}
      <div className={classes.sealed}>
        <StatusBadge status={isLate ? "Behind" : "Up to date"} tone={isLate ? "warn" : "ok"} />
        <Text size="sm">
          Sealed up to <Time at={seal.cutoff} />
        </Text>
        <Text size="sm" c="dimmed">
          Seal no. {seal.seq.toLocaleString("en")} · {seal.total.toLocaleString("en")} events
        </Text>
        <Button size="compact-xs" variant="subtle" onClick={toggle} aria-expanded={isExplained}>
          How to verify
        </Button>
      </div>
      {isExplained && <Proof />}
    </>
  );
}

function Proof() {
  return (
    <Text size="sm" c="dimmed" className={classes.hint ?? ""}>
      Every 5 minutes, a signed seal covers all events up to one minute earlier. Verify it offline, with a program that shares nothing with
      this stack: <Code>certctl audit export --out trail</Code> and <Code>certctl audit verify trail --key key.pem</Code>, with a key that
      you have kept elsewhere.
    </Text>
  );
}

function minutes(seconds: number): string {
  if (seconds < 60) return "less than a minute";
  const whole = Math.floor(seconds / 60);
  if (whole >= 120) return `${Math.floor(whole / 60)} hours`;
  return whole === 1 ? "1 minute" : `${whole} minutes`;
}
