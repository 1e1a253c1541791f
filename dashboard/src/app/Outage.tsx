/** Says that the API does not answer, and since when, above what was read before; ends by itself. */

import { Alert, Button, Text } from "@mantine/core";
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";

import { noteOutage, SUSPICIOUS_FAILURES } from "../api/connection";
import { fetchSession } from "../api/session";
import { useConnection, useIsOnline } from "../components/connection";
import { ageInWords } from "../components/Freshness";
import { Icon } from "../components/Icon";
import { useNow } from "../components/now";
import { useRefresh, useShownSince } from "../components/shown";
import { clockTime } from "../components/Time";
import { useTimeZone } from "../components/timeDisplay";
import classes from "./Outage.module.css";

const PROBE_MS = 10_000;
const STEP_MS = 1_000;

/** A request that any role may send. The client notes an answer, which ends the outage. */
async function probe(): Promise<void> {
  await fetchSession().catch(noteOutage);
}

/** Confirms a suspected outage, then looks for its end. */
function useProbe() {
  const { failures, downSince } = useConnection();
  const [isBusy, setBusy] = useState(false);
  const send = useCallback(async () => {
    setBusy(true);
    await probe();
    setBusy(false);
  }, []);
  const isSuspected = failures >= SUSPICIOUS_FAILURES && downSince === null;
  useEffect(() => {
    if (isSuspected) void probe();
  }, [isSuspected]);
  useEffect(() => {
    if (downSince === null) return undefined;
    const timer = setInterval(() => void (!document.hidden && send()), PROBE_MS);
    return () => clearInterval(timer);
  }, [downSince, send]);
  return { downSince, isBusy, send };
}

function useRefreshAfterOutage(isDown: boolean): void {
  const refresh = useRefresh();
  const wasDown = useRef(false);
  useEffect(() => {
    if (wasDown.current && !isDown) refresh();
    wasDown.current = isDown;
  }, [isDown, refresh]);
}

export function Outage() {
  const { downSince, isBusy, send } = useProbe();
  const isOnline = useIsOnline();
  useRefreshAfterOutage(downSince !== null);
  if (isOnline && downSince === null) return null;
  return (
    <Alert role="region" aria-label="Outage" className={classes.banner ?? ""} color="red" icon={<Icon name="alert" size={18} />}>
      <div className={classes.row}>
        <div>
          <Text fw={600} size="sm" role="alert">
            {isOnline && downSince !== null ? <Silence since={downSince} /> : "This device is offline."}
          </Text>
          <ShownAge />
        </div>
        {isOnline && (
          <Button size="xs" variant="default" loading={isBusy} onClick={() => void send()}>
            Try again
          </Button>
        )}
      </div>
    </Alert>
  );
}

function Silence({ since }: { since: number }) {
  const timeZone = useTimeZone();
  return <>The API has not responded since {clockTime(since, timeZone)}.</>;
}

/** Outside of the alert, which a screen reader would read out again with each second. */
function ShownAge() {
  const since = useShownSince();
  const now = useNow(STEP_MS);
  const timeZone = useTimeZone();
  if (since === null) return null;
  return (
    <Text size="sm">
      Showing data from {clockTime(since, timeZone)} ({ageInWords(now - since)}).
    </Text>
  );
}

/** The page below the banner: without colour while it is out of date, so that nothing looks green or red that is not known. */
export function Content({ children }: { children: ReactNode }) {
  const { downSince } = useConnection();
  const isOnline = useIsOnline();
  return (
    <div className={classes.content} data-outdated={downSince !== null || !isOnline}>
      {children}
    </div>
  );
}
