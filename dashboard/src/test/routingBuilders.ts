/** Routing rules and mutes as the API answers them. */

import type { Schemas } from "../api/client";
import { daysFromNow } from "./builders";

const AT = "2026-11-20T08:00:00Z";
let mutes = 0;

export function routingRule(fields: Partial<Schemas["RoutingRuleView"]> = {}): Schemas["RoutingRuleView"] {
  const routes = [{ channels: ["slack-default"], severities: [], types: [] }];
  return { id: "stack", routes, version: 1, created_at: AT, updated_at: AT, ...fields };
}

export function mute(fields: Partial<Schemas["MuteView"]> = {}): Schemas["MuteView"] {
  return {
    id: `mute-${String((mutes += 1)).padStart(4, "0")}`,
    certificate_id: null,
    certificate_name: null,
    team_id: "t-default",
    severities: [],
    starts_at: daysFromNow(-0.1),
    ends_at: daysFromNow(1),
    is_in_force: true,
    reason: "Maintenance",
    created_by: "key-admin",
    created_by_name: "admin",
    created_at: AT,
    ...fields,
  };
}
