import { bodyOf, client, done, type Page, type Schemas } from "./client";
import { MOST_ROWS_A_PAGE } from "./everyRow";
import type { PageRequest } from "./paging";
import type { operations } from "./schema";

export type Endpoint = Schemas["EndpointView"];
export type EndpointChange = Schemas["EndpointChangeView"];
export type EndpointFinding = Schemas["EndpointFindingView"];
export type EndpointIncident = Schemas["IncidentView"];
export type Finding = Schemas["Finding"];
export type Expected = Schemas["Expected"];
export type Starttls = Schemas["Starttls"];
export type NewEndpoint = Schemas["NewEndpointBody"];
export type Expectation = Schemas["ExpectationBody"];
export type EndpointFilters = Omit<NonNullable<operations["list_endpoints"]["parameters"]["query"]>, "cursor" | "per_page">;

/** The prober of an endpoint that no agent probes. */
export const PUBLIC_PROBER = "public";

const [FIRST_ROWS, MORE_ROWS] = [100, MOST_ROWS_A_PAGE];

export const endpointKeys = {
  all: ["endpoints"] as const,
  list: (filters: EndpointFilters) => ["endpoints", "list", filters] as const,
  one: (id: string) => ["endpoints", "one", id] as const,
  history: (id: string) => ["endpoints", "history", id] as const,
  incidents: (id: string) => ["endpoints", "incidents", id] as const,
};

export function listEndpoints(filters: EndpointFilters, { cursor, signal }: PageRequest): Promise<Page<Endpoint>> {
  return bodyOf(client.GET("/api/v1/endpoints", { params: { query: { ...filters, ...rowsFrom(cursor) } }, signal }));
}

export function getEndpoint(id: string, signal: AbortSignal): Promise<Endpoint> {
  return bodyOf(client.GET("/api/v1/endpoints/{endpoint_id}", { params: path(id), signal }));
}

/** Newest first. */
export function listEndpointHistory(id: string, { cursor, signal }: PageRequest): Promise<Page<EndpointChange>> {
  const params = { ...path(id), query: rowsFrom(cursor) };
  return bodyOf(client.GET("/api/v1/endpoints/{endpoint_id}/history", { params, signal }));
}

/** The newest of each finding, open ones first: all of them are one page. */
export async function listEndpointIncidents(id: string, signal: AbortSignal): Promise<EndpointIncident[]> {
  const page = await bodyOf(client.GET("/api/v1/endpoints/{endpoint_id}/incidents", { params: path(id), signal }));
  return page.data;
}

export function createEndpoint(body: NewEndpoint, attempt: string): Promise<Endpoint> {
  return bodyOf(client.POST("/api/v1/endpoints", { body, params: { header: { "Idempotency-Key": attempt } } }));
}

/** Ends open findings: they may have another meaning now. */
export function attachEndpoint(id: string, body: Expectation): Promise<Endpoint> {
  return bodyOf(client.PUT("/api/v1/endpoints/{endpoint_id}/expectation", { body, params: path(id) }));
}

export function removeEndpoint(id: string): Promise<void> {
  return done(client.DELETE("/api/v1/endpoints/{endpoint_id}", { params: path(id) }));
}

function rowsFrom(cursor: string | undefined) {
  return cursor === undefined ? { per_page: FIRST_ROWS } : { per_page: MORE_ROWS, cursor };
}

function path(id: string) {
  return { path: { endpoint_id: id } };
}
