/** What a requeue came to, for a message. */

import type { Notification } from "../../api/notifications";
import { deliveryOf } from "./consequences";
import { deathWords, endingOf } from "./words";

export interface Result {
  color: "green" | "yellow" | "red";
  title: string;
  message: string;
}

/** `row` as it was read last; undefined if it could not be read. */
export function resultOf(row: Notification | undefined): Result {
  if (row === undefined) return { color: "yellow", title: "Requeued", message: "The result could not be loaded." };
  const { subject, channel_id: channel } = row;
  switch (deliveryOf(row)) {
    case "sent":
      return { color: "green", title: "Sent", message: `${subject}: delivered to ${channel}.` };
    case "unsent":
      return { color: "yellow", title: "Not sent", message: endingOf(row)?.why ?? subject };
    case "dead":
      return { color: "red", title: "Dead again", message: row.last_error ?? deathWords(row) ?? subject };
    case "waiting":
      return {
        color: "yellow",
        title: `Waiting for ${channel}`,
        message: `It was tried and failed: ${row.last_error ?? "no reason given"}. It is retried automatically.`,
      };
    case "untried":
      return { color: "yellow", title: `Waiting for ${channel}`, message: "It is queued and was not tried yet." };
  }
}
