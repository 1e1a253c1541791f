/** The fake API's ACME server: EAB keys, ACME accounts, orders; and how the API answers them. */

import type { Schemas } from "../api/client";
import type { FakeApi } from "./fakeApi";
import { type Answer, type FakeRoute, found, matching, paged, route } from "./fakeRoute";

const AT = "2026-11-20T08:00:00Z";
export const HMAC_KEY = "YHh3c0m4nVqVn1PqYkE1rA2o4qXg8b1u0mJ5v6w7x8y";
const MINTED = { hmac_key: HMAC_KEY, directory_url: "https://acme.example.com/acme/directory" };

export function emptyAcme() {
  return {
    eabKeys: [] as Schemas["EabKeyView"][],
    accounts: [] as Schemas["AcmeAccountView"][],
    orders: [] as Schemas["AcmeOrderView"][],
  };
}

export function eabKey(fields: Partial<Schemas["EabKeyView"]> = {}): Schemas["EabKeyView"] {
  return {
    id: "eab-1",
    name: "web servers",
    service_account_id: "sa-1",
    team_id: "t-default",
    owner_id: "o-default",
    issuer_id: "iss-local",
    profile_ids: ["server"],
    renewal_policy_id: "rp-default",
    names: ["DNS:**.web.example.com"],
    environment: "",
    tags: {},
    wildcards: false,
    authorization: "challenges",
    challenges: ["http-01"],
    source_cidrs: [],
    expires_at: null,
    max_accounts: 10,
    records: "names",
    is_open: false,
    accounts: 1,
    generation: 1,
    made_by: "key-1",
    rotated_by: [],
    revoked_at: null,
    created_at: AT,
    updated_at: AT,
    version: 1,
    ...fields,
  };
}

export function acmeAccount(fields: Partial<Schemas["AcmeAccountView"]> = {}): Schemas["AcmeAccountView"] {
  return {
    id: "acct-1",
    eab_key_id: "eab-1",
    service_account_id: "sa-1",
    team_id: "t-default",
    status: "valid",
    thumbprint: "9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI",
    key_type: "EC",
    contacts: ["mailto:ada@example.com"],
    terms_agreed_at: null,
    created_at: AT,
    updated_at: AT,
    ended_at: null,
    last_seen_at: AT,
    version: 1,
    ...fields,
  };
}

export function acmeOrder(fields: Partial<Schemas["AcmeOrderView"]> = {}): Schemas["AcmeOrderView"] {
  return {
    id: "ord-1",
    account_id: "acct-1",
    eab_key_id: "eab-1",
    status: "valid",
    identifiers: [{ type: "dns", value: "a.web.example.com" }],
    profile_id: "server",
    authorization: "challenges",
    certificate_id: "mc-1",
    job_id: "job-1",
    refused: null,
    replaces: null,
    created_at: AT,
    expires_at: "2026-11-27T08:00:00Z",
    finalized_at: AT,
    downloaded_at: AT,
    ...fields,
  };
}

const createEabKey: Answer = ({ acme }, { body }) => {
  const { team_id, ...given } = body as Schemas["NewEabKeyBody"];
  const made = eabKey({ ...given, ...(team_id && { team_id }), id: `eab-${acme.eabKeys.length + 1}`, accounts: 0 });
  acme.eabKeys.push(made);
  return Response.json({ ...made, ...MINTED }, { status: 201 });
};

const rotateEabKey: Answer = ({ acme }, { parameters }) =>
  found(acme.eabKeys, parameters[0], (row) => {
    row.generation += 1;
    return Response.json({ ...row, ...MINTED });
  });

const revokeEabKey: Answer = ({ acme }, { parameters }) =>
  found(acme.eabKeys, parameters[0], (row) => {
    row.revoked_at = AT;
    return Response.json(row);
  });

const revokeAccount: Answer = ({ acme }, { parameters }) =>
  found(acme.accounts, parameters[0], (row) => {
    Object.assign(row, { status: "revoked", ended_at: AT });
    return Response.json(row);
  });

const one =
  (rowsOf: (api: FakeApi) => { id: string }[]): Answer =>
  (api, { parameters }) =>
    found(rowsOf(api), parameters[0], (row) => Response.json(row));

export const ACME_ROUTES: readonly FakeRoute[] = [
  route("GET", "/acme/eab-keys", "acme:read", ({ acme }, { query }) => {
    const seer = query.get("shown_to");
    const shown = acme.eabKeys.filter((key) => seer === null || (key.made_by === seer && key.revoked_at === null));
    return paged(shown, query);
  }),
  route("POST", "/acme/eab-keys", "acme:write", createEabKey),
  route(
    "GET",
    "/acme/eab-keys/*",
    "acme:read",
    one(({ acme }) => acme.eabKeys),
  ),
  route("POST", "/acme/eab-keys/*/rotate", "acme:write", rotateEabKey),
  route("POST", "/acme/eab-keys/*/revoke", "acme:revoke", revokeEabKey),
  route("GET", "/acme/accounts", "acme:read", ({ acme }, { query }) => paged(matching(acme.accounts, query, ["eab_key_id"]), query)),
  route(
    "GET",
    "/acme/accounts/*",
    "acme:read",
    one(({ acme }) => acme.accounts),
  ),
  route("POST", "/acme/accounts/*/revoke", "acme:revoke", revokeAccount),
  route("GET", "/acme/orders", "acme:read", ({ acme }, { query }) => paged(matching(acme.orders, query, ["account_id"]), query)),
];
