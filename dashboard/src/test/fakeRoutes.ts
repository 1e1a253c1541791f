/** What the fake API answers, one line for each route: method, path, permission, answer. */

import type { Schemas } from "../api/client";
import type { Permission } from "../app/permissions";
import { type Call, type FakeApi, problem } from "./fakeApi";

export interface RoutedCall extends Call {
  parameters: string[];
  key: Schemas["ApiKeyView"];
}

export interface FakeRoute {
  method: string;
  path: RegExp;
  permission: Permission;
  answer: (api: FakeApi, call: RoutedCall) => Response;
}

type Answer = FakeRoute["answer"];

function route(method: string, path: string, permission: Permission, answer: Answer): FakeRoute {
  return { method, path: new RegExp(`^${path.replaceAll("*", "([^/]+)")}$`), permission, answer };
}

/** A page of `rows`, with a cursor that is the position to go on from. */
export function paged(rows: readonly unknown[], query: URLSearchParams): Response {
  const size = Number(query.get("per_page") ?? 50);
  const start = Number(query.get("cursor") ?? 0);
  const end = start + size;
  return Response.json({ data: rows.slice(start, end), next_cursor: end < rows.length ? String(end) : null, per_page: size });
}

/** Rows of which each named field equals the parameter of the same name, where that is given. */
function matching<Row>(rows: Row[], query: URLSearchParams, names: (keyof Row & string)[]): Row[] {
  return rows.filter((row) => names.every((name) => !query.has(name) || row[name] === query.get(name)));
}

function found<Row extends { id: string }>(rows: Row[], id: string | undefined, answer: (row: Row) => Response): Response {
  const row = rows.find((one) => one.id === id);
  return row === undefined ? problem(404, "There is no such record.") : answer(row);
}

const listCertificates: Answer = (api, { query }) => {
  const rows = matching(api.certificates, query, ["status", "environment", "owner_id", "team_id", "issuer_id"]);
  const [name, before, after] = ["name", "expires_before", "expires_after"].map((field) => query.get(field));
  const wanted = rows.filter(
    (row) =>
      (!name || row.common_name.startsWith(name)) &&
      (!before || (row.expires_at !== null && row.expires_at < before)) &&
      (!after || (row.expires_at !== null && row.expires_at > after)),
  );
  return paged(wanted, query);
};

const createCertificate: Answer = (api, { body }) => {
  const wanted = body as Schemas["NewCertificateBody"];
  const made = { ...api.newCertificate(wanted), job_id: "job-new", ignored_extensions: [] };
  api.certificates.unshift(made);
  return Response.json(made, { status: 201 });
};

const revoke: Answer = (api, { parameters, body }) =>
  found(api.certificates, parameters[0], (row) => {
    const { reason } = body as { reason: string };
    row.status = reason === "certificateHold" ? "OnHold" : "Revoked";
    row.revocation_reason = reason;
    return Response.json({ status: row.status === "OnHold" ? "on_hold" : "revoked", serial_numbers: [], other_certificates: [] });
  });

const unhold: Answer = (api, { parameters }) =>
  found(api.certificates, parameters[0], (row) => {
    row.status = "Active";
    return Response.json({ status: "Active" });
  });

const startJob: Answer = (api, { parameters }) =>
  found(api.certificates, parameters[0], () => Response.json({ job_id: "job-new", ignored_extensions: [] }, { status: 202 }));

export const ROUTES: FakeRoute[] = [
  route("GET", "/api-keys", "api-keys", (api, { query }) => paged([...api.keys.values()], query)),
  route("GET", "/certificates", "certificates:read", listCertificates),
  route("POST", "/certificates", "certificates:write", createCertificate),
  route("GET", "/certificates/*", "certificates:read", (api, { parameters }) => found(api.certificates, parameters[0], (row) => Response.json(row))),
  route("GET", "/certificates/*/versions", "certificates:read", (api, { parameters, query }) =>
    paged(api.versions.filter((version) => version.certificate_id === parameters[0]), query),
  ),
  route("POST", "/certificates/*/revoke", "certificates:revoke", revoke),
  route("POST", "/certificates/*/unhold", "certificates:unhold", unhold),
  route("POST", "/certificates/*/renew", "certificates:write", startJob),
  route("POST", "/certificates/*/csr", "certificates:submit-csr", startJob),
  route("GET", "/jobs", "jobs:read", (api, { query }) => paged(matching(api.jobs, query, ["status", "type", "certificate_id"]), query)),
  route("GET", "/notifications", "notifications:read", (api, { query }) =>
    paged(matching(api.notifications, query, ["status", "type", "channel", "certificate_id"]), query),
  ),
  route("GET", "/channels", "channels:read", (api, { query }) => paged(api.channels, query)),
  route("GET", "/audit", "audit:read", (api, { query }) => paged(matching(api.events, query, ["actor", "action", "resource_type", "resource_id"]), query)),
  route("GET", "/stats/summary", "stats:read", (api) => Response.json(api.summaryView())),
  route("GET", "/stats/certificates-by-status", "stats:read", (api) => Response.json({ data: api.statusCounts() })),
  route("GET", "/stats/expiration-timeline", "stats:read", (api) => Response.json({ data: api.timeline })),
  route("GET", "/stats/job-trends", "stats:read", (api) => Response.json({ data: api.jobTrend })),
  route("GET", "/metrics", "stats:read", (api) => Response.json({ data: api.metrics })),
];
