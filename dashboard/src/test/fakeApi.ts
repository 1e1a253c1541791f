/** An API that behaves as the real one: keys and roles, cursors, problems; its records are plain lists that a test
 *  fills (`api.certificates.push(certificate())`). Routes of a resource are in fakeRoutes.ts. */

import type { Schemas } from "../api/client";
import { GRANTS, type Permission, type Role } from "../api/permissions";
import { apiKey, certificate } from "./builders";
import { ISSUER_TYPES, TARGET_TYPES } from "./catalogTypes";
import CHANNEL_KINDS from "./channelKinds.json";
import { emptyAcme } from "./fakeAcmeRoutes";
import { emptyCatalog, type FakeCatalog } from "./fakeCatalogRoutes";
import { emptyInventory } from "./fakeInventoryRoutes";
import { ROUTES, sessionOfKey } from "./fakeRoutes";
import { NO_DIGEST } from "./reportBuilders";

export const ADMIN_KEY = `certctl_${"a".repeat(43)}`;

const DELIVERED: Schemas["ChannelTestView"] = { outcome: "delivered", status_code: 200, error: "", duration_ms: 84 };

const NO_USES = { certificates: 0, target_ids: [], next_cursor: null, per_page: 500 };

interface Failing {
  method: string;
  path: RegExp;
  status: number;
  detail: string;
  times: number;
}

export interface Call {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Headers;
  body: unknown;
}

export class FakeApi {
  keys = new Map<string, Schemas["ApiKeyView"]>();
  /** By the user's id. */
  userSessions = new Map<string, Schemas["UserSessionView"][]>();
  certificates: Schemas["CertificateView"][] = [];
  /** Searches do not know every certificate yet. */
  isIndexing = false;
  versions: Schemas["VersionView"][] = [];
  authorities: Schemas["AuthorityDetailsView"][] = [];
  /** Of every CA. */
  caUses: Omit<Schemas["AuthorityUsesView"], "ca_id"> = NO_USES;
  /** In the order in which the API has them: not by time. */
  revocations: Schemas["RevocationRecordView"][] = [];
  /** Of any key. */
  keyUses: Schemas["KeyRecordView"][] = [];
  keyObserved: Schemas["KeyObservedView"][] | null = [];
  keyRefused: Schemas["KeyRefusal"] | null = null;
  keyCampaign: Schemas["ConfirmedCampaignView"] | null = null;
  /** By the id of a certificate. */
  campaignsOf = new Map<string, Schemas["CertificateCampaignView"][]>();
  campaigns: Schemas["CampaignView"][] = [];
  /** By the campaign's id. */
  campaignItems = new Map<string, Schemas["CampaignItemView"][]>();
  jobs: Schemas["JobView"][] = [];
  /** What imports, agents and probes found. */
  inventory = emptyInventory();
  /** What ACME clients register with, and what they did. */
  acme = emptyAcme();
  /** Of every certificate, newest first. */
  deployments: Schemas["DeploymentView"][] = [];
  notifications: Schemas["NotificationView"][] = [];
  channels: Schemas["ChannelView"][] = [];
  /** Where every alert would go. */
  preview: Schemas["RoutingPreviewView"] = { by_default: true, routes: [], destinations: [], unusable: [], muted: false, mutes: [] };
  /** Those of the real API: a test there compares. */
  channelKinds = [...CHANNEL_KINDS.data] as Schemas["ChannelKindView"][];
  /** What a test message comes to. */
  testOutcome: Schemas["ChannelTestView"] = DELIVERED;
  catalog: FakeCatalog = emptyCatalog();
  issuerTypes = ISSUER_TYPES;
  targetTypes = TARGET_TYPES;
  /** What refers to a record, by its id: "2 certificates". */
  inUse = new Map<string, string>();
  /** What the test of an issuer or a target finds. */
  checks: Schemas["TestView"] = { passed: true, checks: [] };
  violations: Schemas["ViolationView"][] = [];
  rules: Schemas["RoutingRuleView"][] = [];
  mutes: Schemas["MuteView"][] = [];
  events: Schemas["AuditEventView"][] = [];
  /** What the approvals of jobs rest on, beside the builder's. */
  approval: Partial<Schemas["ApprovalView"]> = {};
  /** Of the trail; null: nothing is sealed yet. */
  seal: Schemas["SealStateView"] | null = null;
  metrics: Schemas["MetricView"][] = [];
  summary: Partial<Schemas["SummaryView"]> = {};
  attention: Schemas["AttentionLineView"][] = [];
  digest: Schemas["DigestPreviewView"] = NO_DIGEST;
  /** What the attention report cannot count. */
  uncounted: Schemas["AttentionKind"][] = [];
  /** Parts that are null cannot be read. */
  overview: Partial<Schemas["OverviewView"]> = {};
  timeline: Schemas["DayCountView"][] = [];
  jobTrend: Schemas["JobDayView"][] = [];
  /** Whom anybody can sign in with. */
  providers: Schemas["OfferedProviderView"][] = [];
  /** What the stack has of what its parameters can leave out. */
  features: Schemas["Feature"][] = ["inventory"];
  /** Whose session the browser's cookie has. */
  session: Schemas["SessionView"] | null = null;
  /** The key with which the cookie's session was started. */
  sessionKey: string | null = null;
  /** Every call that came, oldest first. */
  calls: Call[] = [];
  #failing: Failing[] = [];

  constructor() {
    this.reset();
  }

  /** One administrator's key and no records. */
  reset(): void {
    Object.assign(this, { approval: {}, metrics: [], summary: {}, overview: {}, timeline: [], jobTrend: [], calls: [] });
    Object.assign(this, {
      authorities: [],
      revocations: [],
      certificates: [],
      versions: [],
      jobs: [],
      notifications: [],
      channels: [],
      events: [],
    });
    Object.assign(this, { testOutcome: DELIVERED, rules: [], mutes: [], seal: null });
    Object.assign(this, { catalog: emptyCatalog(), inUse: new Map(), checks: { passed: true, checks: [] } });
    Object.assign(this, { issuerTypes: ISSUER_TYPES, targetTypes: TARGET_TYPES, channelKinds: [...CHANNEL_KINDS.data] });
    this.caUses = NO_USES;
    this.inventory = emptyInventory();
    this.acme = emptyAcme();
    this.campaigns = [];
    this.keyUses = [];
    this.keyObserved = [];
    this.keyRefused = null;
    this.keyCampaign = null;
    this.campaignsOf.clear();
    this.campaignItems = new Map();
    this.violations = [];
    this.providers = [];
    this.session = null;
    this.features = ["inventory"];
    this.sessionKey = null;
    this.userSessions = new Map();
    this.attention = [];
    this.digest = NO_DIGEST;
    this.uncounted = [];
    this.isIndexing = false;
    this.deployments = [];
    this.#failing = [];
    this.keys = new Map([[ADMIN_KEY, apiKey({ id: "key-admin", name: "first admin", role: "admin", teams: "*" })]]);
  }

  /** Makes the admin's key one of another role. */
  actAs(role: Role): void {
    this.keys.set(ADMIN_KEY, apiKey({ id: `key-${role}`, name: `${role} key`, role }));
  }

  /** The next call of this kind needs a more recent sign-in (RFC 9470). */
  stepUpNext(method: string, path: RegExp): void {
    this.#failing.push({ method, path, status: 401, detail: STEP_UP, times: 1 });
  }

  /** The next `times` calls of this kind are refused. */
  failNext(method: string, path: RegExp, status: number, detail: string, times = 1): void {
    this.#failing.push({ method, path, status, detail, times });
  }

  callsTo(method: string, path: RegExp): Call[] {
    return this.calls.filter((call) => call.method === method && path.test(call.path));
  }

  newCertificate(wanted: Schemas["NewCertificateBody"]): Schemas["CertificateView"] {
    const { common_name, name, sans = [], environment = "", tags = {} } = wanted;
    return certificate({ common_name, name: name ?? common_name, sans, environment, tags, status: "Pending", expires_at: null });
  }

  summaryView(): Schemas["SummaryView"] {
    const having = (status: string) => this.certificates.filter((row) => row.status === status).length;
    return {
      total_certificates: this.certificates.length,
      expiring_certificates: having("Expiring"),
      expired_certificates: having("Expired"),
      revoked_certificates: having("Revoked"),
      active_agents: 0,
      degraded_agents: 0,
      offline_agents: 0,
      total_agents: 0,
      pending_jobs: 0,
      failed_jobs: 0,
      complete_jobs: 0,
      notifications_dead: this.notifications.filter((row) => row.status === "dead").length,
      unknown: [],
      agents_counted_at: new Date().toISOString(),
      recounted_at: null,
      completed_at: new Date().toISOString(),
      ...this.summary,
    };
  }

  attentionView(): Schemas["AttentionView"] {
    const critical = this.attention.filter(({ urgency }) => urgency === "critical").length;
    const at = { age_seconds: 0, oldest_age_seconds: 0, completed_at: new Date().toISOString() };
    return { ...at, lines: this.attention, critical, unknown: this.uncounted };
  }

  statusCounts(): Schemas["StatusCountView"][] {
    const counts = new Map<string, number>();
    for (const { status } of this.certificates) counts.set(status, (counts.get(status) ?? 0) + 1);
    return [...counts].map(([status, count]) => ({ status, count }));
  }

  async answer(request: Request): Promise<Response> {
    const call = await callOf(request);
    this.calls.push(call);
    const failing = this.#failing.find((one) => one.times > 0 && one.method === call.method && one.path.test(call.path));
    if (failing !== undefined) {
      failing.times -= 1;
      return failing.detail === STEP_UP ? stepUp() : problem(failing.status, failing.detail);
    }
    return this.#routed(call);
  }

  /** The cookie counts only without a key, and with the header that no page of another origin can send. */
  #caller(call: Call): Schemas["ApiKeyView"] | undefined {
    const sent = call.headers.get("Authorization");
    if (sent !== null) return this.keys.get(sent.replace("Bearer ", ""));
    if (call.headers.get("X-Certctl-Request") !== "1") return undefined;
    if (this.sessionKey !== null) return this.keys.get(this.sessionKey);
    if (this.session === null) return undefined;
    return apiKey({ id: this.session.id, name: "", role: this.session.role, teams: this.session.teams });
  }

  #sessionRoute(call: Call, key: Schemas["ApiKeyView"]): Response {
    if (call.method === "DELETE") {
      Object.assign(this, { session: null, sessionKey: null });
      return new Response(null, { status: 204 });
    }
    if (call.method === "POST") this.sessionKey = call.headers.get("Authorization")?.replace("Bearer ", "") ?? null;
    const session = { ...(this.session ?? sessionOfKey(key)), features: this.features };
    return Response.json(session, { status: call.method === "POST" ? 201 : 200 });
  }

  #routed(call: Call): Response {
    if (call.method === "GET" && call.path === "/auth/providers") return Response.json({ data: this.providers });
    const key = this.#caller(call);
    if (key === undefined) return problem(401, "This key is not valid.");
    if (call.path === "/auth/session") return this.#sessionRoute(call, key);
    const { route, parameters } = routeOf(call);
    if (route === undefined) return problem(404, `The fake API has no ${call.method} ${call.path}.`);
    if (!mayCall(key.role ?? "viewer", route.permission)) return problem(403, `A key of role ${key.role} lacks ${route.permission}.`);
    return route.answer(this, { ...call, parameters, key });
  }
}

function routeOf(call: Call) {
  for (const route of ROUTES) {
    const match = route.method === call.method ? route.path.exec(call.path) : null;
    if (match !== null) return { route, parameters: match.slice(1) };
  }
  return { route: undefined, parameters: [] };
}

function mayCall(role: Role, permission: Permission): boolean {
  const roles: readonly Role[] = GRANTS[permission];
  return roles.includes(role);
}

async function callOf(request: Request): Promise<Call> {
  const { pathname, searchParams } = new URL(request.url);
  const text = await request.text();
  const body: unknown = text === "" ? null : JSON.parse(text);
  return { method: request.method, path: pathname.replace("/api/v1", ""), query: searchParams, headers: request.headers, body };
}

const STEP_UP = "This needs a sign-in with an identity provider in the last 15 minutes: sign in again.";

function stepUp(): Response {
  const headers = { "WWW-Authenticate": 'Bearer error="insufficient_user_authentication", max_age="900"' };
  const body = {
    type: "urn:certctl:problem:sign-in-required",
    title: "Unauthorized",
    status: 401,
    detail: STEP_UP,
    request_id: "req-test-1",
  };
  return Response.json(body, { status: 401, headers });
}

const TITLES: Record<number, string> = { 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict" };

export function problem(status: number, detail: string, errors?: Schemas["ProblemView"]["errors"]): Response {
  const body = { type: "about:blank", title: TITLES[status] ?? `Error ${status}`, status, detail, request_id: "req-test-1" };
  return Response.json({ ...body, ...(errors && { errors }) }, { status, headers: { "Content-Type": "application/problem+json" } });
}
