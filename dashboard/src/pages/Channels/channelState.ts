/** What deliveries found out about a channel, in words. */

import type { Channel } from "../../api/channels";
import type { Tone } from "../../components/StatusBadge";

export interface StateInWords {
  label: string;
  tone: Tone;
  /** What it means for alerts; null while all is well. */
  says: string | null;
}

const GONE: StateInWords = {
  label: "Gone",
  tone: "bad",
  says: "The provider says that the channel is no longer there. Alerts to it are dead at once, until it is repaired.",
};
const OPEN: StateInWords = {
  label: "Breaker open",
  tone: "bad",
  says: "Several deliveries in a row failed. Alerts wait; about once a minute one is tried, and when it goes through, all follow.",
};
const HALF_OPEN: StateInWords = { label: "Breaker half open", tone: "warn", says: "One alert is being tried. When it goes through, those that wait follow." };
const PAUSED: StateInWords = { label: "Paused", tone: "warn", says: "The provider asked to wait. Alerts to it wait, and spend no attempt." };
const CLOSED: StateInWords = { label: "Breaker closed", tone: "ok", says: null };

export function stateInWords({ disabled, state, paused_until }: Channel): StateInWords {
  if (disabled !== null) return GONE;
  if (state === "open") return OPEN;
  if (state === "half_open") return HALF_OPEN;
  return paused_until === null ? CLOSED : PAUSED;
}

export function isTroubled(channel: Channel): boolean {
  return stateInWords(channel).says !== null;
}
