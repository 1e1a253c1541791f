/** The fake API's inventory: what was found, imports, and endpoints. */

import type { Schemas } from "../api/client";
import { type FakeApi, problem } from "./fakeApi";
import { type Answer, type FakeRoute, found, matching, paged, route } from "./fakeRoute";
import { endpoint } from "./inventoryBuilders";
import { inventorySummary, readiness } from "./reportBuilders";

export function emptyInventory() {
  return {
    observed: [] as Schemas["ObservedCertificateDetailView"][],
    /** Of every observed certificate. */
    places: [] as Schemas["SightingView"][],
    sources: [] as Schemas["SourceView"][],
    summary: inventorySummary({ computed_at: null }),
    readiness: readiness({ computed_at: null }),
    endpoints: [] as Schemas["EndpointView"][],
    /** Of every endpoint. */
    history: [] as Schemas["EndpointChangeView"][],
    /** Of every endpoint. */
    incidents: [] as Schemas["IncidentView"][],
    /** Certificates of imports, by the number of their chunk. */
    chunks: new Map<number, Schemas["ImportedCertificateBody"][]>(),
    /** Of the next chunks: why a certificate is refused, by its place. */
    refusals: new Map<string, string>(),
  };
}

const listObserved: Answer = ({ inventory }, { query }) => {
  const [q, issuer, team, owner, before] = ["q", "issuer", "team", "owner", "expires_before"].map((name) => query.get(name));
  const rows = matching(inventory.observed, query, ["status"]).filter(
    (row) =>
      row.is_ca === (query.get("is_ca") === "true") &&
      (!q || [row.first_name, row.serial_number, row.fingerprint].some((text) => text.startsWith(q))) &&
      (!issuer || row.issuer.includes(issuer)) &&
      (!team || row.team_id === team) &&
      (!owner || row.owner_id === owner) &&
      (!before || row.not_after < before),
  );
  return paged(rows, query);
};

const getObserved: Answer = ({ inventory }, { parameters }) => {
  const row = inventory.observed.find(({ fingerprint }) => fingerprint === parameters[0]);
  return row === undefined ? problem(404, "There is no such observed certificate.") : Response.json(row);
};

const changeObserved: Answer = ({ inventory }, { parameters, body }) => {
  const row = inventory.observed.find(({ fingerprint }) => fingerprint === parameters[0]);
  if (row === undefined) return problem(404, "There is no such observed certificate.");
  const { owner_id, ...given } = body as Required<Schemas["ObservedBelongingBody"]>;
  Object.assign(row, given, { owner_id: owner_id === "" ? null : owner_id });
  return Response.json(row);
};

const IMPORT = { id: "imp-1", scope_id: "scp-1", created_at: "2026-11-20T08:00:00Z", unchanged: 0 } as const;

function importView({ inventory }: FakeApi, fields: Partial<Schemas["ImportView"]>): Schemas["ImportView"] {
  const added = [...inventory.chunks.values()].flat().length - inventory.refusals.size;
  const counts = { chunks: inventory.chunks.size, added, new: added, refused: inventory.refusals.size };
  return { ...IMPORT, ...counts, name: "upload", team_id: "t-default", completed_at: null, ...fields };
}

const beginImport: Answer = (api, { body }) => {
  const { name, team_id } = body as Schemas["ImportBody"];
  return Response.json(importView(api, { name, team_id: team_id ?? "t-default", added: 0, new: 0, refused: 0 }), { status: 201 });
};

const takeChunk: Answer = ({ inventory }, { parameters, body }) => {
  const number = Number(parameters[1]);
  const { certificates } = body as Schemas["ImportChunkBody"];
  inventory.chunks.set(number, certificates);
  const refused = certificates.flatMap(({ place }, index) => {
    const reason = inventory.refusals.get(place);
    return reason === undefined ? [] : [{ index, place, reason }];
  });
  const added = certificates.length - refused.length;
  return Response.json({ number, added, new: added, unchanged: 0, refused });
};

const createEndpoint: Answer = ({ inventory }, { body }) => {
  const { team_id, owner_id, expected, ...given } = body as Schemas["NewEndpointBody"];
  const made = endpoint({
    ...given,
    id: `ep-${inventory.endpoints.length + 1}`,
    ...(team_id && { team_id }),
    ...(owner_id && { owner_id }),
    ...(expected && { expected }),
  });
  inventory.endpoints.unshift(made);
  return Response.json(made, { status: 201 });
};

const listEndpoints: Answer = ({ inventory }, { query }) => {
  const [team, owner, certificate, finding] = ["team", "owner", "certificate", "finding"].map((name) => query.get(name));
  const rows = inventory.endpoints.filter(
    (row) =>
      (!team || row.team_id === team) &&
      (!owner || row.owner_id === owner) &&
      (!certificate || row.certificate_ids.includes(certificate)) &&
      (!finding || row.findings.some((one) => one.finding === finding)),
  );
  return paged(rows, query);
};

const removeEndpoint: Answer = ({ inventory }, { parameters }) => {
  inventory.endpoints = inventory.endpoints.filter(({ id }) => id !== parameters[0]);
  return new Response(null, { status: 204 });
};

export const INVENTORY_ROUTES: FakeRoute[] = [
  route("GET", "/inventory/certificates", "inventory:read", listObserved),
  route("GET", "/inventory/certificates/*", "inventory:read", getObserved),
  route("PUT", "/inventory/certificates/*", "inventory:write", changeObserved),
  route("GET", "/inventory/certificates/*/places", "inventory:read", ({ inventory }, { query }) => paged(inventory.places, query)),
  route("GET", "/inventory/summary", "inventory:read", ({ inventory }) => Response.json(inventory.summary)),
  route("GET", "/inventory/readiness", "inventory:read", ({ inventory }) => Response.json(inventory.readiness)),
  route("GET", "/inventory/sources", "inventory:read", ({ inventory }, { query }) => paged(inventory.sources, query)),
  route("POST", "/inventory/imports", "inventory:write", beginImport),
  route("PUT", "/inventory/imports/*/chunks/*", "inventory:write", takeChunk),
  route("POST", "/inventory/imports/*/complete", "inventory:write", (api) =>
    Response.json(importView(api, { completed_at: "2026-11-20T08:01:00Z" })),
  ),
  route("GET", "/endpoints", "inventory:read", listEndpoints),
  route("POST", "/endpoints", "endpoints:write", createEndpoint),
  route("GET", "/endpoints/*", "inventory:read", ({ inventory }, { parameters }) =>
    found(inventory.endpoints, parameters[0], (row) => Response.json(row)),
  ),
  route("DELETE", "/endpoints/*", "endpoints:write", removeEndpoint),
  route("PUT", "/endpoints/*/expectation", "endpoints:write", ({ inventory }, { parameters, body }) =>
    found(inventory.endpoints, parameters[0], (row) => Response.json(Object.assign(row, body, { findings: [] }))),
  ),
  route("GET", "/endpoints/*/incidents", "inventory:read", ({ inventory }, { query }) => paged(inventory.incidents, query)),
  route("GET", "/endpoints/*/history", "inventory:read", ({ inventory }, { query }) => paged(inventory.history, query)),
];
