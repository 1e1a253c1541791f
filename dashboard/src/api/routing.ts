/** Routing rules and mutes: which channels an alert goes to, and when it goes nowhere. */

import { useQuery } from "@tanstack/react-query";

import { bodyOf, client, done, type Page, type Schemas } from "./client";
import { everyRow, MOST_ROWS_A_PAGE } from "./everyRow";
import type { PageRequest } from "./paging";
import { SLOW_POLL_MS } from "./polling";

export type RoutingRule = Schemas["RoutingRuleView"];
export type Route = Schemas["RouteView"];
export type RuleBody = Schemas["RoutingRuleBody"];
export type Mute = Schemas["MuteView"];
export type NewMute = Schemas["NewMuteBody"];
export type PreviewBody = Schemas["RoutingPreviewBody"];
export type RoutingPreview = Schemas["RoutingPreviewView"];
export type Severity = Schemas["Severity"];

export const routingKeys = { rules: ["routing-rules"] as const, mutes: ["mutes"] as const };

function listRules({ cursor, signal }: PageRequest): Promise<Page<RoutingRule>> {
  const query = { per_page: MOST_ROWS_A_PAGE, ...(cursor !== undefined && { cursor }) };
  return bodyOf(client.GET("/api/v1/notifications/routing", { params: { query }, signal }));
}

export function useRules() {
  return useQuery({ queryKey: routingKeys.rules, queryFn: ({ signal }) => everyRow(listRules, signal), refetchInterval: SLOW_POLL_MS });
}

/** Makes the rule (`version` 0) or replaces the one of that version. */
export function saveRule(id: string, body: RuleBody): Promise<RoutingRule> {
  return bodyOf(client.PUT("/api/v1/notifications/routing/{rule_id}", { body, params: { path: { rule_id: id } } }));
}

export function deleteRule(id: string): Promise<void> {
  return done(client.DELETE("/api/v1/notifications/routing/{rule_id}", { params: { path: { rule_id: id } } }));
}

function listMutes({ cursor, signal }: PageRequest): Promise<Page<Mute>> {
  const query = { per_page: MOST_ROWS_A_PAGE, ...(cursor !== undefined && { cursor }) };
  return bodyOf(client.GET("/api/v1/notifications/mutes", { params: { query }, signal }));
}

export function useMutes() {
  return useQuery({ queryKey: routingKeys.mutes, queryFn: ({ signal }) => everyRow(listMutes, signal), refetchInterval: SLOW_POLL_MS });
}

export function createMute(body: NewMute, attempt: string): Promise<Mute> {
  return bodyOf(client.POST("/api/v1/notifications/mutes", { body, params: { header: { "Idempotency-Key": attempt } } }));
}

export function endMute(id: string): Promise<void> {
  return done(client.DELETE("/api/v1/notifications/mutes/{mute_id}", { params: { path: { mute_id: id } } }));
}

/** Where an alert would go now; nothing is sent. */
export function previewRouting(body: PreviewBody): Promise<RoutingPreview> {
  return bodyOf(client.POST("/api/v1/notifications/routing/preview", { body }));
}
