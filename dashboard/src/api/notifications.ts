import { bodyOf, client, done, type Page, type Schemas } from "./client";
import type { operations } from "./schema";
import type { PageRequest } from "./paging";

export type Notification = Schemas["NotificationView"];
export type Attempt = Schemas["AttemptView"];
export type NotificationType = Schemas["NotificationType"];
export type NotificationStatus = Schemas["NotificationStatus"];
export type NotificationFilters = Omit<NonNullable<operations["list_notifications"]["parameters"]["query"]>, "cursor" | "per_page">;
export type BulkRequeue = Schemas["BulkRequeueBody"];
type BulkRequeued = Schemas["BulkRequeuedView"];
export type NotificationGroup = Schemas["NotificationGroupView"];
export type Groups = Schemas["GroupsView"];
export type GroupedState = Schemas["GroupedState"];
export type Tab = "all" | "dead";

/** The first page is there soon; who reads on gets to the ten thousandth row in twenty more. */
const [FIRST_ROWS, MORE_ROWS] = [100, 500];

/** Every list begins with its tab, so that one tab never shows what was read for the other. */
export const notificationKeys = {
  all: ["notifications"] as const,
  list: (tab: Tab, filters: NotificationFilters) => ["notifications", tab, filters] as const,
  one: (id: string) => ["notifications", "one", id] as const,
  groups: (state: GroupedState) => ["notifications", "groups", state] as const,
  ofChannel: (id: string) => ["notifications", "channel", id] as const,
  deadCount: ["notifications", "dead-count"] as const,
};

export function listNotifications(filters: NotificationFilters, { cursor, signal }: PageRequest): Promise<Page<Notification>> {
  const rows = cursor === undefined ? { per_page: FIRST_ROWS } : { per_page: MORE_ROWS, cursor };
  return bodyOf(client.GET("/api/v1/notifications", { params: { query: { ...filters, ...rows } }, signal }));
}

export function getNotification(id: string, signal?: AbortSignal): Promise<Notification> {
  return bodyOf(client.GET("/api/v1/notifications/{notification_id}", { params: path(id), ...(signal && { signal }) }));
}

/** Counts by channel and cause, of the 500 newest at most. */
export function groupNotifications(state: GroupedState, signal?: AbortSignal): Promise<Groups> {
  return bodyOf(client.GET("/api/v1/notifications/groups", { params: { query: { state } }, ...(signal && { signal }) }));
}

/** The newest few of one channel, whatever became of them. */
export async function deliveriesOf(channel: string, signal: AbortSignal): Promise<Notification[]> {
  const query = { channel, per_page: 10 };
  return (await bodyOf(client.GET("/api/v1/notifications", { params: { query }, signal }))).data;
}

/** Due at once, with its whole budget of attempts. */
export function requeueNotification(id: string): Promise<void> {
  return done(client.POST("/api/v1/notifications/{notification_id}/requeue", { params: path(id) }));
}

/** A mark; the delivery goes on as it would. */
export function markNotificationRead(id: string): Promise<void> {
  return done(client.POST("/api/v1/notifications/{notification_id}/read", { params: path(id) }));
}

/** One step of many: go on with `next_cursor` in the body. */
export function requeueMany(body: BulkRequeue): Promise<BulkRequeued> {
  return bodyOf(client.POST("/api/v1/notifications/requeue", { body }));
}

/** Of all teams, by the counters of the stack; null if those cannot be read now. */
export async function countDead(signal: AbortSignal): Promise<number | null> {
  const summary = await bodyOf(client.GET("/api/v1/stats/summary", { signal }));
  return summary.notifications_dead;
}

function path(id: string) {
  return { path: { notification_id: id } };
}
