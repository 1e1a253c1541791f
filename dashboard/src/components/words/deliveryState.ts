/** The states of an alert's delivery: the same words on every page. */

import type { Notification } from "../../api/notifications";

type DeliveryStatus = Notification["status"];

const LABELS: Record<DeliveryStatus, string> = {
  pending: "Pending",
  failed: "Retrying",
  sent: "Sent",
  dead: "Dead",
};

export function deliveryLabel(status: DeliveryStatus): string {
  return LABELS[status];
}

/** Not sent yet: pending, or being retried. */
export const WAITING = "waiting";

/** What a list is filtered by. */
export const DELIVERY_STATUSES: readonly { value: DeliveryStatus | typeof WAITING; label: string }[] = [
  { value: WAITING, label: "Waiting (pending or retrying)" },
  ...(Object.keys(LABELS) as DeliveryStatus[]).map((value) => ({ value, label: LABELS[value] })),
];
