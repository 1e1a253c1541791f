import { useNow } from "./now";
import { everyZone } from "./Time";
import { useTimeZone } from "./timeDisplay";

const STEP_MS = 1_000;
/** Hours up to 72, then days. */
const MOST_HOURS_S = 259_200;

/** "58 s", "1 min 23 s", "31 h 5 min", "3 d 4 h": what is left until `at`, rounded up to a second. */
function remaining(at: string, nowMs: number): string | null {
  const seconds = Math.ceil((Date.parse(at) - nowMs) / 1_000);
  if (seconds <= 0) return null;
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  if (seconds < MOST_HOURS_S) return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3_600)} h`;
}

interface CountdownProps {
  at: string;
  /** What it says once the time has come. */
  over: string;
}

/** Counts down by the second; the exact time is in its title. */
export function Countdown({ at, over }: CountdownProps) {
  const left = remaining(at, useNow(STEP_MS));
  const timeZone = useTimeZone();
  return (
    <time dateTime={at} title={everyZone(at, timeZone)}>
      {left === null ? over : `in ${left}`}
    </time>
  );
}
