/** The states of a channel: the same words on every page. */

import type { Channel } from "../../api/channels";
import type { Tone } from "../StatusBadge";

export interface StateInWords {
  label: string;
  tone: Tone;
  /** What it means for alerts; null while all is well. */
  says: string | null;
}

export type ChannelStateName = "gone" | "open" | "half_open" | "disabled" | "throttled" | "working";

const STATES: Record<ChannelStateName, StateInWords> = {
  gone: {
    label: "Gone",
    tone: "bad",
    says: "The provider says that the channel no longer exists. Alerts to it are dead at once, until it is repaired.",
  },
  open: {
    label: "Breaker open",
    tone: "bad",
    says: "Several deliveries in a row failed. Alerts wait; about once a minute one is tried, and when it is delivered, the others follow.",
  },
  half_open: { label: "Probing", tone: "warn", says: "One alert is being tried. When it is delivered, those that wait follow." },
  disabled: { label: "Disabled", tone: "idle", says: null },
  throttled: { label: "Throttled", tone: "warn", says: "The provider asked to slow down. Alerts to it wait, and use no attempt." },
  working: { label: "Working", tone: "ok", says: null },
};

type Facts = Pick<Channel, "disabled" | "state" | "paused_until" | "enabled">;

/** The one state to show, the most serious first. */
export function channelStateOf({ enabled, disabled, state, paused_until }: Facts): ChannelStateName {
  if (disabled !== null) return "gone";
  if (!enabled) return "disabled";
  if (state !== "closed") return state;
  return paused_until === null ? "working" : "throttled";
}

export function stateInWords(channel: Facts): StateInWords {
  return STATES[channelStateOf(channel)];
}

/** As the attention report names them. */
export function namedState(name: string): StateInWords {
  return name in STATES ? STATES[name as ChannelStateName] : { label: name, tone: "idle", says: null };
}

export function isTroubled(channel: Facts): boolean {
  return stateInWords(channel).says !== null;
}

/** As the attention report counts them, but for those that were disabled while alerts wait. */
export function isDown(channel: Facts): boolean {
  return channel.disabled !== null || channel.state !== "closed";
}
