import { useQuery } from "@tanstack/react-query";

import { bodyOf, client, done, type Page, type Schemas } from "./client";
import { everyRow, MOST_ROWS_A_PAGE } from "./everyRow";
import type { PageRequest } from "./paging";
import { SLOW_POLL_MS } from "./polling";

export type Channel = Schemas["ChannelView"];
export type ChannelKind = Schemas["ChannelKind"];
export type ChannelDefinition = Schemas["ChannelKindView"];
export type ChannelSetting = Schemas["ChannelSettingView"];
export type ChannelTest = Schemas["ChannelTestView"];
export type NewChannel = Schemas["NewChannelBody"];
export type ChannelEdit = Schemas["ChannelEditBody"];

export const channelKeys = { all: ["channels"] as const };

export function listChannels({ cursor, signal }: PageRequest): Promise<Page<Channel>> {
  const query = { per_page: MOST_ROWS_A_PAGE, ...(cursor !== undefined && { cursor }) };
  return bodyOf(client.GET("/api/v1/channels", { params: { query }, signal }));
}

/** All channels: there are 200 records at most. Deliveries change a breaker's state at any time. */
export function useChannels() {
  return useQuery({
    queryKey: channelKeys.all,
    queryFn: ({ signal }) => everyRow(listChannels, signal),
    refetchInterval: SLOW_POLL_MS,
  });
}

/** They change with a release of the stack only. */
export function useChannelKinds() {
  return useQuery({
    queryKey: ["channel-kinds"],
    queryFn: async ({ signal }) => (await bodyOf(client.GET("/api/v1/channel-kinds", { signal }))).data,
    staleTime: Infinity,
  });
}

export function createChannel(body: NewChannel, attempt: string): Promise<Channel> {
  return bodyOf(client.POST("/api/v1/channels", { body, params: { header: { "Idempotency-Key": attempt } } }));
}

/** Also ends what deliveries found out about the channel: this is its repair. */
export function editChannel(id: string, body: ChannelEdit): Promise<Channel> {
  return bodyOf(client.PUT("/api/v1/channels/{channel_id}", { body, params: path(id) }));
}

/** The edit that changes nothing: settings as the API shows them stay as they are. */
export function unchanged({ settings, enabled, team_id, version }: Channel): ChannelEdit {
  return { settings, enabled, team_id, ...(version !== null && { version }) };
}

export function deleteChannel(id: string): Promise<void> {
  return done(client.DELETE("/api/v1/channels/{channel_id}", { params: path(id) }));
}

/** Sends a message at once; an outcome that failed is an answer, too. */
/** Sends the test message, or a sample of an alert. */
export function testChannel(id: string, type: Schemas["NotificationType"] = "Test"): Promise<ChannelTest> {
  const query = type === "Test" ? {} : { type };
  return bodyOf(client.POST("/api/v1/channels/{channel_id}/test", { params: { ...path(id), query } }));
}

function path(id: string) {
  return { path: { channel_id: id } };
}
