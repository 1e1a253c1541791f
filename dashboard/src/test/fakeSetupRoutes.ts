/** The fake API's channels, routing rules, mutes, audit trail and API keys. */

import type { Schemas } from "../api/client";
import { apiKey, channel } from "./builders";
import { type FakeApi, problem } from "./fakeApi";
import { type Answer, type FakeRoute, found, matching, paged, route } from "./fakeRoute";
import { mute, routingRule } from "./routingBuilders";

const EXPORTED_PER_PAGE = 2;

function removed(rows: { id: string }[], id: string | undefined): Response {
  const index = rows.findIndex((row) => row.id === id);
  if (index < 0) return problem(404, "There is no such record.");
  rows.splice(index, 1);
  return new Response(null, { status: 204 });
}

const createChannel: Answer = (api, { body }) => {
  const { settings, ...rest } = body as Schemas["NewChannelBody"];
  if (api.channels.some((row) => row.id === rest.id)) return problem(409, "There is such a channel already.");
  const made = channel({ ...rest, team_id: rest.team_id ?? null, settings: texts(settings), origin: "api", version: 1 });
  api.channels.push(made);
  return Response.json(made, { status: 201 });
};

const editChannel: Answer = (api, { parameters, body }) =>
  found(api.channels, parameters[0], (row) => {
    const { settings, enabled = true, team_id = null, version } = body as Schemas["ChannelEditBody"];
    if (row.version === null) return problem(409, "The channel comes with the deployment.");
    if (version != null && version !== row.version) return problem(409, `The channel is at version ${row.version} now.`);
    Object.assign(row, { settings: texts(settings), enabled, team_id, version: row.version + 1 });
    Object.assign(row, { state: "closed", since: null, last_error: null, disabled: null, paused_until: null });
    return Response.json(row);
  });

function texts(settings: Record<string, string | number>): Record<string, string> {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]));
}

const saveRule: Answer = (api, { parameters, body }) => {
  const id = decodeURIComponent(parameters[0] ?? "");
  const { routes, version } = body as Schemas["RoutingRuleBody"];
  const before = api.rules.find((row) => row.id === id);
  const stored = before?.version ?? 0;
  if (version != null && version !== stored) return problem(409, `The rule is at version ${stored} now.`);
  const whole = routes.map(({ channels, severities = [], types = [] }) => ({ channels, severities, types }));
  const after = routingRule({ ...before, id, routes: whole, version: stored + 1 });
  api.rules = [...api.rules.filter((row) => row.id !== id), after];
  return Response.json(after);
};

const createMute: Answer = (api, { body, key }) => {
  const wanted = body as Schemas["NewMuteBody"];
  const { ends_at, reason, severities = [], certificate_id = null, team_id } = wanted;
  const made = mute({ ends_at, reason, severities, certificate_id, team_id: team_id ?? "t-default", created_by: key.id });
  api.mutes.unshift(made);
  return Response.json(made, { status: 201 });
};

function wantedEvents(api: FakeApi, query: URLSearchParams): Schemas["AuditEventView"][] {
  const rows = matching(api.events, query, ["actor", "actor_type", "action", "resource_type", "resource_id"]);
  const [from, to] = [query.get("from"), query.get("to")];
  const kind = query.get("kind");
  return rows
    .filter((row) => kind === null || row.kind === kind)
    .filter(({ timestamp }) => (!from || timestamp >= from) && (!to || timestamp <= to));
}

const exportEvents: Answer = (api, { query }) => {
  const rows = wantedEvents(api, query);
  const start = Number(query.get("cursor") ?? 0);
  const end = start + EXPORTED_PER_PAGE;
  const lines = rows.slice(start, end).map((row) => `${JSON.stringify({ event: JSON.stringify(row), proof: null })}\n`);
  const headers = { "Content-Type": "application/jsonl", ...(end < rows.length && { "X-Next-Cursor": String(end) }) };
  return new Response(lines.join(""), { headers });
};

const createLoginCode: Answer = (_, { body }) => {
  const { redirect_uri = null, state } = body as Schemas["LoginCodeBody"];
  const redirect_to = redirect_uri === null ? null : `${redirect_uri}?code=the-code&state=${state}`;
  return Response.json({ code: "the-code", redirect_to, expires_at: "2026-11-27T10:01:00Z" }, { status: 201 });
};

/** As if a key told who made it: the subject of the key in `made_by`. */
const listKeys: Answer = (api, { query }) => {
  const keys = [...api.keys.values()];
  const [subject, maker] = [query.get("subject_id"), query.get("maker_id")];
  const isOf = ({ subject_id, revoked_at }: Schemas["ApiKeyView"]) => subject === null || (subject_id === subject && revoked_at === null);
  const isBy = ({ made_by, revoked_at }: Schemas["ApiKeyView"]) =>
    maker === null || (revoked_at === null && keys.some(({ id, subject_id }) => id === made_by && subject_id === maker));
  return paged(keys.filter(isOf).filter(isBy), query);
};

const createKey: Answer = (api, { body }) => {
  const { teams, role = null, ...given } = body as Schemas["NewApiKeyBody"];
  const made = apiKey({ ...given, role, teams: teams ?? "*" });
  const text = `certctl_${"n".repeat(43)}`;
  api.keys.set(text, made);
  return Response.json({ ...made, key: text }, { status: 201 });
};

const revokeKey: Answer = (api, { parameters, query }) =>
  found([...api.keys.values()], parameters[0], (row) => {
    row.revoked_at = new Date().toISOString();
    if (query.get("reason") === "leaked") row.leaked_at = row.revoked_at;
    return new Response(null, { status: 204 });
  });

const listSessions: Answer = (api, { parameters }) => Response.json({ data: api.userSessions.get(parameters[0] ?? "") ?? [] });

const endSession: Answer = (api, { parameters }) => removed(api.userSessions.get(parameters[0] ?? "") ?? [], parameters[1]);

export const SETUP_ROUTES: FakeRoute[] = [
  route("GET", "/channel-kinds", "channels:read", (api) => Response.json({ data: api.channelKinds })),
  route("GET", "/channels", "channels:read", (api, { query }) => paged(api.channels, query)),
  route("POST", "/channels", "channels:write", createChannel),
  route("PUT", "/channels/*", "channels:write", editChannel),
  route("DELETE", "/channels/*", "channels:write", (api, { parameters }) => removed(api.channels, parameters[0])),
  route("POST", "/channels/*/test", "channels:test", (api, { parameters }) =>
    found(api.channels, parameters[0], () => Response.json(api.testOutcome)),
  ),
  route("GET", "/notifications/digest-preview", "notifications:read", (api) => Response.json(api.digest)),
  route("GET", "/notifications/routing", "channels:read", (api, { query }) => paged(api.rules, query)),
  route("POST", "/notifications/routing/preview", "notifications:read", (api) => Response.json(api.preview)),
  route("PUT", "/notifications/routing/*", "channels:write", saveRule),
  route("DELETE", "/notifications/routing/*", "channels:write", (api, { parameters }) =>
    removed(api.rules, decodeURIComponent(parameters[0] ?? "")),
  ),
  route("GET", "/notifications/mutes", "notifications:read", (api, { query }) => paged(api.mutes, query)),
  route("POST", "/notifications/mutes", "notifications:write", createMute),
  route("DELETE", "/notifications/mutes/*", "notifications:write", (api, { parameters }) => removed(api.mutes, parameters[0])),
  route("GET", "/audit", "audit:read", (api, { query }) => paged(wantedEvents(api, query), query)),
  route("GET", "/audit/seals", "audit:export", (api, { query }) =>
    paged(api.seal === null ? [] : [{ head: api.seal, signature: "" }], query),
  ),
  route("GET", "/audit/verify", "audit:export", (api) =>
    api.seal === null ? problem(404, "Nothing was sealed yet.") : Response.json(api.seal),
  ),
  route("GET", "/audit/export", "audit:export", exportEvents),
  route("GET", "/audit/*", "audit:read", (api, { parameters }) => found(api.events, parameters[0], (row) => Response.json(row))),
  route("GET", "/auth/users/*/sessions", "api-keys", listSessions),
  route("DELETE", "/auth/users/*/sessions/*", "api-keys", endSession),
  route("POST", "/auth/codes", "api-keys", createLoginCode),
  route("GET", "/api-keys", "api-keys", listKeys),
  route("POST", "/api-keys", "api-keys", createKey),
  route("DELETE", "/api-keys/*", "api-keys", revokeKey),
];
