/** What the fake API answers, one line for each route: method, path, permission, answer. */

import type { Schemas } from "../api/client";
import { GRANTS, type Permission } from "../api/permissions";
import { apiKey, certificateDetails, deployment } from "./builders";
import { ACME_ROUTES } from "./fakeAcmeRoutes";
import { CAMPAIGN_ROUTES } from "./fakeCampaignRoutes";
import { CATALOG_ROUTES } from "./fakeCatalogRoutes";
import { problem } from "./fakeApi";
import { type Answer, type FakeRoute, found, matching, paged, route } from "./fakeRoute";
import { INVENTORY_ROUTES } from "./fakeInventoryRoutes";
import { SETUP_ROUTES } from "./fakeSetupRoutes";
import { WORK_ROUTES } from "./fakeWorkRoutes";

const listCertificates: Answer = (api, { query }) => {
  const rows = matching(api.certificates, query, ["status", "environment", "owner_id", "team_id", "issuer_id"]);
  const [search, name, before, after] = ["search", "name", "expires_before", "expires_after"].map((field) => query.get(field));
  const wanted = rows.filter(
    (row) =>
      (!search || [row.id, row.name, row.common_name].some((text) => text.startsWith(search))) &&
      (!name || row.common_name.endsWith(name)) &&
      (!before || (row.expires_at !== null && row.expires_at < before)) &&
      (!after || (row.expires_at !== null && row.expires_at > after)),
  );
  const about = search && api.isIndexing ? { incomplete: true } : {};
  return paged(inOrder(wanted, query.get("sort")), query, about);
};

const IN_FORCE = ["Active", "Expiring", "Expired", "RenewalInProgress"];

/** By expiry those in force come first, then the others. */
function inOrder(rows: Schemas["CertificateView"][], sort: string | null): Schemas["CertificateView"][] {
  if (sort?.endsWith("expires_at") !== true) return rows;
  const inForce = rows.filter(({ status }) => IN_FORCE.includes(status));
  const soonest = inForce.toSorted((a, b) => (a.expires_at ?? "").localeCompare(b.expires_at ?? ""));
  return [...(sort.startsWith("-") ? soonest.toReversed() : soonest), ...rows.filter((row) => !inForce.includes(row))];
}

const archive: Answer = (api, { parameters }) =>
  found(api.certificates, parameters[0], (row) => {
    row.status = "Archived";
    return new Response(null, { status: 204 });
  });

const createCertificate: Answer = (api, { body }) => {
  const wanted = body as Schemas["NewCertificateBody"];
  const made = { ...api.newCertificate(wanted), job_id: "job-new", ignored_extensions: [], ignored_subject: [] };
  api.certificates.unshift(made);
  return Response.json(made, { status: 201 });
};

const edit: Answer = (api, { parameters, headers, body }) =>
  found(api.certificates, parameters[0], (row) => {
    if (headers.get("If-Match") !== `"${row.version}"`) return problem(409, `The certificate is at version ${row.version} now.`);
    Object.assign(row, body, { version: row.version + 1 });
    return Response.json(row);
  });

const revoke: Answer = (api, { parameters, body }) =>
  found(api.certificates, parameters[0], (row) => {
    const { reason } = body as { reason: string };
    row.status = reason === "certificateHold" ? "OnHold" : "Revoked";
    row.revocation_reason = reason;
    return Response.json({
      status: row.status === "OnHold" ? "on_hold" : "revoked",
      serial_numbers: [],
      unchecked_serial_numbers: [],
      other_certificates: [],
      refused_keys: [],
      more_keys_follow: false,
    });
  });

const unhold: Answer = (api, { parameters }) =>
  found(api.certificates, parameters[0], (row) => {
    row.status = "Active";
    return Response.json({ status: "Active" });
  });

const deploy: Answer = (api, { parameters, body }) =>
  found(api.certificates, parameters[0], (row) => {
    const { target_ids } = body as { target_ids: string[] };
    const made = target_ids.map((target_id) =>
      deployment({ target_id, serial_number: row.serial_number, status: "Pending", attempts: 0, started_at: null, completed_at: null }),
    );
    api.deployments.unshift(...made);
    return Response.json({ job_ids: made.map(({ job_id }) => job_id) }, { status: 202 });
  });

const startJob: Answer = (api, { parameters }) =>
  found(api.certificates, parameters[0], () =>
    Response.json({ job_id: "job-new", ignored_extensions: [], ignored_subject: [] }, { status: 202 }),
  );

export function sessionOfKey({ id, name, subject_id, role: own, teams }: Schemas["ApiKeyView"]): Schemas["SessionView"] {
  const role = own ?? "viewer";
  const access = { role, teams, grants: [{ role, teams }], permissions: grantsOf(role) };
  return {
    id: `ses-of-${id}`,
    credential: "session",
    subject_id,
    key_id: id,
    name,
    sign_in: null,
    expires_at: "2026-11-27T18:00:00Z",
    features: ["inventory"],
    ...access,
  };
}

/** The session of a person who signed in with a provider. */
export function sessionOfPerson(role: Schemas["Role"]): Schemas["SessionView"] {
  const key = apiKey({ subject_id: "usr-1", role, teams: role === "admin" ? "*" : ["t-default"] });
  const sign_in = { provider_id: "idp-okta", signed_in_at: "2026-11-27T10:00:00Z" };
  return { ...sessionOfKey(key), id: "ses-1", key_id: null, name: null, sign_in };
}

function grantsOf(role: Schemas["Role"]): Schemas["GrantView"][] {
  const granted = (Object.keys(GRANTS) as Permission[]).filter((permission) => (GRANTS[permission] as readonly string[]).includes(role));
  return granted.map((permission) => ({ permission, scope: "all" }));
}

export const ROUTES: FakeRoute[] = [
  ...CAMPAIGN_ROUTES,
  ...CATALOG_ROUTES,
  ...INVENTORY_ROUTES,
  ...ACME_ROUTES,
  ...SETUP_ROUTES,
  ...WORK_ROUTES,
  route("GET", "/certificates", "certificates:read", listCertificates),
  route("POST", "/certificates", "certificates:write", createCertificate),
  route("GET", "/certificates/*", "certificates:read", (api, { parameters }) =>
    found(api.certificates, parameters[0], (row) =>
      Response.json(certificateDetails({ ...row, campaigns: api.campaignsOf.get(row.id) ?? [] })),
    ),
  ),
  route("PUT", "/certificates/*", "certificates:write", edit),
  route("DELETE", "/certificates/*", "certificates:revoke", archive),
  route("GET", "/certificates/*/versions", "certificates:read", (api, { parameters, query }) =>
    paged(
      api.versions.filter((version) => version.certificate_id === parameters[0]),
      query,
    ),
  ),
  route("POST", "/certificates/*/revoke", "certificates:revoke", revoke),
  route("POST", "/certificates/*/unhold", "certificates:unhold", unhold),
  route("POST", "/certificates/*/renew", "certificates:write", startJob),
  route("GET", "/certificates/*/deployments", "certificates:read", (api, { query }) => paged(api.deployments, query)),
  route("POST", "/certificates/*/deploy", "certificates:write", deploy),
  route("POST", "/certificates/*/csr", "certificates:submit-csr", startJob),
  route("GET", "/attention", "stats:read", (api) => Response.json(api.attentionView())),
  route("GET", "/stats/summary", "stats:read", (api) => Response.json(api.summaryView())),
  route("GET", "/stats/overview", "stats:read", (api, { query }) =>
    Response.json({
      age_seconds: 0,
      kept_at: new Date().toISOString(),
      summary: api.summaryView(),
      statuses: api.statusCounts(),
      expirations: api.timeline.slice(0, Number(query.get("expiry_days"))),
      job_days: api.jobTrend,
      metrics: api.metrics,
      ...api.overview,
    }),
  ),
  route("GET", "/stats/certificates-by-status", "stats:read", (api) => Response.json({ data: api.statusCounts() })),
  route("GET", "/stats/expiration-timeline", "stats:read", (api) => Response.json({ data: api.timeline })),
  route("GET", "/stats/job-trends", "stats:read", (api) => Response.json({ data: api.jobTrend })),
  route("GET", "/metrics", "stats:read", (api) => Response.json({ data: api.metrics })),
];
