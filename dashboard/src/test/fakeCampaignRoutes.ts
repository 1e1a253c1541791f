/** Routes of campaigns. */

import type { Schemas } from "../api/client";
import { campaign } from "./campaignBuilders";
import { type FakeApi, problem } from "./fakeApi";
import { type Answer, type FakeRoute, found, matching, paged, route } from "./fakeRoute";

type Campaign = Schemas["CampaignView"];

const now = () => new Date().toISOString();

/** A dry run that has found every certificate already. */
const create: Answer = (api, { body }) => {
  const { selection, reason, on_deadline = "alert", deadline_hours = 24 } = body as Schemas["CampaignBody"];
  const given = Object.fromEntries(Object.entries(selection).filter(([, value]) => value !== null));
  const total = api.certificates.length;
  const made = campaign({
    id: `cmp-${api.campaigns.length + 1}`,
    state: "unconfirmed",
    selection: given,
    reason,
    on_deadline,
    deadline_hours,
    total,
    counts: { found: total },
    deadline: null,
    confirmed_at: null,
  });
  api.campaigns.unshift(made);
  api.campaignItems.set(
    made.id,
    api.certificates.map(({ id, name, team_id }) => ({
      certificate_id: id,
      certificate_name: name,
      team_id,
      state: "found",
      old_serial_numbers: ["0a"],
      new_serial_number: null,
      job_id: null,
      verified_by: null,
      verified_by_name: null,
      error: null,
      changed_at: now(),
      window_until: null,
      missed_window: false,
      awaited_accounts: [],
    })),
  );
  return Response.json(made, { status: 202 });
};

function change(from: readonly string[], changes: (row: Campaign) => Partial<Campaign>): Answer {
  return (api, { parameters }) =>
    found(api.campaigns, parameters[0], (row) => {
      if (!from.includes(row.state)) return problem(409, `A campaign that is ${row.state} cannot do that.`);
      Object.assign(row, changes(row));
      return Response.json(row);
    });
}

const confirm: Answer = (api, call) =>
  found(api.campaigns, call.parameters[0], ({ total }) => {
    const { confirm: count } = call.body as Schemas["CampaignConfirmBody"];
    if (count !== total) return problem(422, `confirm: ${total} certificates were found`);
    return change(["unconfirmed"], () => ({ state: "running", confirmed_at: now(), deadline: now() }))(api, call);
  });

function itemsOf(api: FakeApi, id: string | undefined): Schemas["CampaignItemView"][] {
  return api.campaignItems.get(id ?? "") ?? [];
}

const verify: Answer = (api, { parameters: [id, certificateId], key }) => {
  const item = itemsOf(api, id).find(({ certificate_id }) => certificate_id === certificateId);
  if (item === undefined) return problem(404, "There is no such certificate in this campaign.");
  Object.assign(item, { state: "verified", verified_by: key.id, verified_by_name: key.name });
  return Response.json(item);
};

const NOT_ENDED = ["finding", "unconfirmed", "running", "paused"];

const keyUses: Answer = (api, { parameters: [spki_sha256] }) => {
  if (api.keyUses.length + (api.keyObserved?.length ?? 0) === 0) return problem(404, "There is no certificate with this key.");
  const { keyRefused: refused, keyCampaign: campaign, keyUses: data, keyObserved: observed } = api;
  return Response.json({ spki_sha256, refused, campaign, data, observed, next_cursor: null, per_page: 500 });
};

export const CAMPAIGN_ROUTES: FakeRoute[] = [
  route("GET", "/keys/*", "certificates:read", keyUses),
  route("GET", "/campaigns", "campaigns:read", (api, { query }) => paged(api.campaigns, query)),
  route("POST", "/campaigns", "campaigns:write", create),
  route("GET", "/campaigns/*", "campaigns:read", (api, { parameters }) => found(api.campaigns, parameters[0], (row) => Response.json(row))),
  route("GET", "/campaigns/*/items", "campaigns:read", (api, { parameters, query }) =>
    paged(matching(itemsOf(api, parameters[0]), query, ["state"]), query),
  ),
  route("POST", "/campaigns/*/confirm", "campaigns:write", confirm),
  route(
    "POST",
    "/campaigns/*/pause",
    "campaigns:write",
    change(["running"], () => ({ state: "paused" })),
  ),
  route(
    "POST",
    "/campaigns/*/resume",
    "campaigns:write",
    change(["paused"], () => ({ state: "running" })),
  ),
  route(
    "POST",
    "/campaigns/*/cancel",
    "campaigns:write",
    change(NOT_ENDED, () => ({ state: "cancelled", ended_at: now(), error: "cancelled by key-admin" })),
  ),
  route("POST", "/campaigns/*/items/*/verify", "campaigns:write", verify),
];
