/** The fake API's catalog: kinds with the same routes. */

import type { AnyRow, CatalogKind } from "../api/catalog";
import type { Schemas } from "../api/client";
import type { Permission } from "../api/permissions";
import { daysFromNow } from "./builders";
import { record } from "./catalogBuilders";
import { type FakeApi, problem } from "./fakeApi";
import { type Answer, type FakeRoute, found, matching, paged, route, type RoutedCall } from "./fakeRoute";

const WRITE: Record<CatalogKind, Permission> = {
  issuers: "catalog:write",
  profiles: "catalog:write",
  "renewal-policies": "catalog:write",
  owners: "owners:write",
  teams: "catalog:write",
  policies: "catalog:write",
  targets: "targets:write",
  agents: "agents:write",
  "identity-providers": "identity:write",
  "trust-rules": "trust-rules:write",
  "service-accounts": "service-accounts:write",
  users: "users:write",
  "access-rules": "access-rules:write",
};

export type FakeCatalog = Record<CatalogKind, AnyRow[]>;

export function emptyCatalog(): FakeCatalog {
  return {
    issuers: [],
    profiles: [],
    "renewal-policies": [],
    owners: [],
    teams: [],
    policies: [],
    targets: [],
    agents: [],
    "identity-providers": [],
    "trust-rules": [],
    "service-accounts": [],
    users: [],
    "access-rules": [],
  };
}

export const BOOTSTRAP_TOKEN = `certctl_boot_${"b".repeat(43)}`;
const AGENT_KEY = `certctl_${"g".repeat(43)}`;

const FILTERS = ["type", "team_id", "agent_id", "service_account_id", "written_by"] as const;

const list =
  (kind: CatalogKind): Answer =>
  (api, { query }) => {
    const name = query.get("name")?.toLowerCase() ?? "";
    const rows = api.catalog[kind].filter((row) => row.name.toLowerCase().startsWith(name));
    return paged(matching(rows as (AnyRow & Record<(typeof FILTERS)[number], string>)[], query, FILTERS), query);
  };

function isTaken(api: FakeApi, kind: CatalogKind, name: string, id: string): boolean {
  return api.catalog[kind].some((row) => row.name.toLowerCase() === name.toLowerCase() && row.id !== id);
}

const create =
  (kind: CatalogKind): Answer =>
  (api, { body }) => {
    const wanted = body as { id?: string; name: string };
    if (isTaken(api, kind, wanted.name, "")) return problem(409, `There is a record of the name ${wanted.name} already.`);
    const made = record(kind, { id: `${kind}-new`, ...wanted });
    api.catalog[kind].push(made);
    return Response.json(kind === "agents" ? { ...made, key: AGENT_KEY } : made, { status: 201 });
  };

/** The refusal of a change to another version than the one that was read. */
function overtaken({ headers }: RoutedCall, row: AnyRow): Response | null {
  const expected = headers.get("If-Match");
  return expected === null || expected === `"${row.version}"`
    ? null
    : problem(409, `The record is at version ${row.version} now. Read it again and repeat.`);
}

const edit =
  (kind: CatalogKind): Answer =>
  (api, call) =>
    found(api.catalog[kind], call.parameters[0], (row) => {
      const wanted = call.body as { name: string };
      const refusal = overtaken(call, row);
      if (refusal !== null) return refusal;
      if (isTaken(api, kind, wanted.name, row.id)) return problem(409, `There is a record of the name ${wanted.name} already.`);
      Object.assign(row, wanted, { version: row.version + 1 });
      return Response.json(row);
    });

const remove =
  (kind: CatalogKind): Answer =>
  (api, call) =>
    found(api.catalog[kind], call.parameters[0], (row) => {
      const usage = api.inUse.get(row.id);
      if (usage !== undefined && call.query.get("force") !== "true") return problem(409, `The record ${row.id} is in use by ${usage}.`);
      const refusal = overtaken(call, row);
      if (refusal !== null) return refusal;
      api.catalog[kind] = api.catalog[kind].filter(({ id }) => id !== row.id);
      return new Response(null, { status: 204 });
    });

const READ: Partial<Record<CatalogKind, Permission>> = {
  "access-rules": "team-records:read",
  "service-accounts": "team-records:read",
  targets: "team-records:read",
  "trust-rules": "team-records:read",
  users: "users:read",
};

function routesOf(kind: CatalogKind): FakeRoute[] {
  const read = READ[kind] ?? "catalog:read";
  return [
    route("GET", `/${kind}`, read, list(kind)),
    route("POST", `/${kind}`, WRITE[kind], create(kind)),
    route("GET", `/${kind}/*`, read, (api, { parameters }) => found(api.catalog[kind], parameters[0], (row) => Response.json(row))),
    route("PUT", `/${kind}/*`, WRITE[kind], edit(kind)),
    route("DELETE", `/${kind}/*`, WRITE[kind], remove(kind)),
  ];
}

const test =
  (kind: "issuers" | "targets"): Answer =>
  (api, { parameters }) =>
    found(api.catalog[kind], parameters[0], () => Response.json(api.checks));

function inState(violations: readonly Schemas["ViolationView"][], query: URLSearchParams): Schemas["ViolationView"][] {
  const wanted = query.get("state");
  return violations.filter(({ state }) => wanted === null || state === wanted);
}

const mintToken: Answer = (_, { body }) => {
  const { hostname_pattern, team_id } = body as Schemas["BootstrapTokenBody"];
  const token = {
    id: "boot-1",
    token: BOOTSTRAP_TOKEN,
    hostname_pattern,
    team_id: team_id ?? "t-default",
    expires_at: daysFromNow(1 / 24),
  };
  return Response.json(token, { status: 201 });
};

/** As if no certificate but those of `example.com` kept the rule. */
const previewPolicy: Answer = (api, { body }) => {
  const { cursor, per_page } = body as { cursor?: string; per_page: number };
  const start = Number(cursor ?? 0);
  const rows = api.certificates.slice(start, start + per_page);
  const inUse = rows.filter(({ status }) => status !== "Revoked" && status !== "Archived");
  const data = inUse
    .filter(({ common_name }) => !common_name.endsWith("example.com"))
    .map(({ id, common_name, team_id }) => ({
      certificate_id: id,
      common_name,
      team_id,
      reasons: [`DNS:${common_name} is in none of the allowed domains`],
      reason_count: 2,
    }));
  const end = start + rows.length;
  const next_cursor = end < api.certificates.length ? String(end) : null;
  return Response.json({
    data,
    examined: rows.length,
    evaluated: inUse.length,
    failed: 0,
    total: api.certificates.length,
    next_cursor,
    per_page,
  });
};

/** As if only names in `example.com` were left to the team. */
const previewNames: Answer = (api, { parameters, body }) =>
  found(api.catalog.teams, parameters[0], () => {
    const { cursor, per_page } = body as { cursor?: string; per_page: number };
    const start = Number(cursor ?? 0);
    const rows = api.certificates.slice(start, start + per_page);
    const inUse = rows.filter(({ status }) => status !== "Revoked" && status !== "Archived");
    const data = inUse
      .filter(({ common_name }) => !common_name.endsWith("example.com"))
      .map(({ id, common_name, team_id }) => {
        const names = [{ name: `DNS:${common_name}`, reason: `DNS:${common_name} is not among the names of the team ${team_id}` }];
        return { certificate_id: id, common_name, team_id, names, name_count: 2, exemptible: true };
      });
    const end = start + rows.length;
    const next_cursor = end < api.certificates.length ? String(end) : null;
    return Response.json({ data, examined: rows.length, evaluated: inUse.length, total: api.certificates.length, next_cursor, per_page });
  });

/** As if each claim were at the top; a token always passes. */
function trustPreviewOf({ claims: wanted }: Pick<Schemas["TrustRuleView"], "claims">, body: unknown): Response {
  const { claims } = body as { claims?: Record<string, string> };
  const checks = wanted.map(({ path: [name = ""], values }) => {
    const passed = claims === undefined || values.includes(claims[name] ?? "");
    return { name, passed, detail: passed ? "" : `The token's ${name} is none of the rule's values.` };
  });
  return Response.json({ admitted: checks.every(({ passed }) => passed), refusal: null, checks, warnings: [] });
}

const previewTrust: Answer = (api, { parameters, body }) =>
  found(api.catalog["trust-rules"], parameters[0], (row) => trustPreviewOf(row as Schemas["TrustRuleView"], body));

const previewUnsavedTrust: Answer = (_, { body }) => trustPreviewOf((body as { rule: Schemas["TrustRuleView"] }).rule, body);

/** As if each rule read `groups`. */
const previewAccess: Answer = (api, { body }) => {
  const { provider_id, claims } = body as { provider_id: string; claims?: { groups?: string[] } };
  const stored = api.catalog["access-rules"] as Schemas["AccessRuleView"][];
  const rules = stored
    .filter((rule) => rule.provider_id === provider_id)
    .map(({ id, name, role, teams, values }) => {
      const found = values.find((value) => claims?.groups?.includes(value));
      return {
        rule_id: id,
        name,
        role,
        teams,
        matched: found !== undefined,
        reason: found === undefined ? "groups has none of the rule's values." : `groups has ${found}.`,
      };
    });
  const grants = rules.filter(({ matched }) => matched).map(({ role, teams }) => ({ role, teams }));
  return Response.json({ admitted: grants.length > 0, refusal: null, grants, rules });
};

export const CATALOG_ROUTES: FakeRoute[] = [
  route("POST", "/agents/bootstrap-tokens", "agents:write", mintToken),
  ...(Object.keys(WRITE) as CatalogKind[]).flatMap(routesOf),
  route("GET", "/authorities", "catalog:read", (api) => Response.json({ data: api.authorities })),
  route("GET", "/authorities/*/uses", "certificates:read", (api, { parameters }) => Response.json({ ca_id: parameters[0], ...api.caUses })),
  route("GET", "/authorities/*", "catalog:read", (api, { parameters }) => {
    const one = api.authorities.find(({ ca_id }) => ca_id === parameters[0]);
    return one === undefined ? problem(404, "CA not found.") : Response.json(one);
  }),
  route("GET", "/revocations", "certificates:read", (api, { query }) =>
    paged(
      matching(api.revocations, query, ["reason", "ca_id", "issuer_id"]).filter(
        ({ revoked_at }) => revoked_at >= (query.get("since") ?? ""),
      ),
      query,
    ),
  ),
  route("GET", "/issuer-types", "catalog:read", (api) => Response.json({ data: api.issuerTypes })),
  route("GET", "/target-types", "catalog:read", (api) => Response.json({ data: api.targetTypes })),
  route("POST", "/issuers/*/test", "catalog:write", test("issuers")),
  route("POST", "/targets/*/test", "targets:write", test("targets")),
  route("GET", "/violations", "catalog:read", (api, { query }) => paged(inState(api.violations, query), query)),
  route("GET", "/policies/*/violations", "catalog:read", (api, { parameters, query }) =>
    paged(
      inState(api.violations, query).filter(({ policy_id }) => policy_id === parameters[0]),
      query,
    ),
  ),
  route("POST", "/policies/preview", "catalog:write", previewPolicy),
  route("POST", "/auth/preview", "access-rules:write", previewAccess),
  route("POST", "/auth/trust-rules/*/preview", "trust-rules:write", previewTrust),
  route("POST", "/auth/trust-rules/preview", "trust-rules:write", previewUnsavedTrust),
  route("POST", "/teams/*/names/preview", "names:write", previewNames),
  route("GET", "/targets/*/certificates", "catalog:read", (api, { parameters, query }) =>
    paged(
      api.certificates.filter(({ target_ids }) => target_ids.includes(parameters[0] ?? "")),
      query,
    ),
  ),
];
