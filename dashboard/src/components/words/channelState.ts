/** The states of a channel: the same words on every page. */

import type { Channel } from "../../api/channels";
import type { Tone } from "../StatusBadge";

interface StateInWords {
  label: string;
  tone: Tone;
  /** What it means for alerts; null while all is well. */
  says: string | null;
}

type ChannelStateName = "gone" | "open" | "half_open" | "disabled" | "throttled" | "working";

const STATES: Record<ChannelStateName, StateInWords> = {
  gone: {
    label: "Gone",
    tone: "bad",
    says: "The provider reports that the channel no longer exists. Alerts to it become dead letters until it is repaired.",
  },
  open: {
    label: "Breaker open",
    tone: "bad",
    says: "Several deliveries in a row failed. Alerts wait. About once a minute one is tried; when it is delivered, the others follow.",
  },
  half_open: { label: "Probing", tone: "warn", says: "One alert is being tried. When it is delivered, the waiting alerts follow." },
  disabled: { label: "Disabled", tone: "idle", says: null },
  throttled: { label: "Throttled", tone: "warn", says: "The provider asked to slow down. Alerts to it wait without using up attempts." },
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

/** What a requeue comes to at a channel that does not work; null while it works. It is tried once at a channel that is gone or open. */
export const REQUEUE_AT: Record<Exclude<ChannelStateName, "working">, string> = {
  gone: "A requeued alert is tried once, and becomes a dead letter again while the channel is gone.",
  open: "A requeued alert is tried immediately; if that fails, it waits until the channel works.",
  half_open: "A requeued alert waits for the result of the alert that is being tried.",
  disabled: "A requeued alert is skipped.",
  throttled: "A requeued alert waits until the pause is over.",
};

/** "ops-slack is paused: breaker open", for a sentence about an alert that waits. */
export function inShort(channel: Facts): string | null {
  const name = channelStateOf(channel);
  return name === "working" ? null : STATES[name].label.toLowerCase();
}

/** Since when it has not worked, or until when it is paused. */
export function troubleTimes({ disabled, state, since, paused_until }: Pick<Channel, "disabled" | "state" | "since" | "paused_until">) {
  if (disabled !== null) return { since: disabled.since, until: null };
  return state === "closed" ? { since: null, until: paused_until } : { since, until: null };
}
