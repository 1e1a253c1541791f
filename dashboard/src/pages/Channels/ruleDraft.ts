/** A routing rule as it is filled in. */

import type { Route, RoutingRule, RuleBody } from "../../api/routing";

export interface DraftRoute extends Route {
  /** Keeps its place on the page while routes move. */
  key: number;
}

export interface RuleDraft {
  scope: "stack" | "team" | "owner";
  /** Of the team or owner. */
  id: string;
  routes: DraftRoute[];
}

export const MOST_ROUTES = 50;
let keys = 0;

export function newRoute(): DraftRoute {
  return { key: ++keys, channels: [], severities: [], types: [] };
}

export function draftOfRule(rule: RoutingRule | null): RuleDraft {
  if (rule === null) return { scope: "stack", id: "", routes: [newRoute()] };
  const [scope, id = ""] = rule.id.split(":");
  return { scope: scope as RuleDraft["scope"], id, routes: rule.routes.map((route) => ({ ...route, key: ++keys })) };
}

export function ruleIdOf({ scope, id }: RuleDraft): string {
  return scope === "stack" ? "stack" : `${scope}:${id}`;
}

/** By field: `id`, and the key of a route. */
export function problemsOfRule({ scope, id, routes }: RuleDraft): Record<string, string> {
  const problems: Record<string, string> = {};
  if (scope !== "stack" && id === "") problems.id = scope === "team" ? "Choose a team." : "Choose an owner.";
  for (const { key, channels } of routes) if (channels.length === 0) problems[key] = "Choose at least one channel.";
  return problems;
}

/** Refused where the rule is another one by now; 0: where there is one at all. */
export function bodyOfRule({ routes }: RuleDraft, before: RoutingRule | null): RuleBody {
  const bare = routes.map(({ channels, severities, types }) => ({ channels, severities, types }));
  return { routes: bare, version: before?.version ?? 0 };
}

export function moved(routes: readonly DraftRoute[], from: number, to: number): DraftRoute[] {
  const after = [...routes];
  const [route] = after.splice(from, 1);
  if (route !== undefined) after.splice(to, 0, route);
  return after;
}
