import { bodyOf, client, type Page, type Schemas } from "./client";
import type { PageRequest } from "./paging";

export type Campaign = Schemas["CampaignView"];
export type CampaignState = Schemas["CampaignState"];
export type CampaignItem = Schemas["CampaignItemView"];
export type ItemState = Schemas["ItemState"];
/** A campaign as everyone who may read a certificate of it sees it. */
export type CertificateCampaign = Schemas["CertificateCampaignView"];
/** A campaign as everyone who may read a certificate with its key sees it. */
export type ConfirmedCampaign = Schemas["ConfirmedCampaignView"];
export type NewCampaign = Schemas["CampaignBody"];

const ROWS = 100;
const ONE = "/api/v1/campaigns/{campaign_id}";

export const campaignKeys = {
  all: ["campaigns"] as const,
  list: ["campaigns", "list"] as const,
  one: (id: string) => ["campaigns", "one", id] as const,
  /** A list of its own for each state of the campaign: another state has other rows at once, not at the next poll. */
  items: (id: string, during: CampaignState, state: ItemState | undefined) =>
    ["campaigns", "one", id, "items", during, state ?? null] as const,
};

/** Newest first. */
export function listCampaigns({ cursor, signal }: PageRequest): Promise<Page<Campaign>> {
  return bodyOf(client.GET("/api/v1/campaigns", { params: { query: rowsFrom(cursor) }, signal }));
}

export function getCampaign(id: string, signal: AbortSignal): Promise<Campaign> {
  return bodyOf(client.GET(ONE, { params: path(id), signal }));
}

/** The certificates of a campaign, by id. */
export function listItems(id: string, state: ItemState | undefined, { cursor, signal }: PageRequest): Promise<Page<CampaignItem>> {
  const query = { ...rowsFrom(cursor), ...(state !== undefined && { state }) };
  return bodyOf(client.GET(`${ONE}/items`, { params: { ...path(id), query }, signal }));
}

/** A dry run, for it has no `confirm`. `key` from `useRepeatable`: a repeated send creates once. */
export function createCampaign(body: NewCampaign, key: string): Promise<Campaign> {
  return bodyOf(client.POST("/api/v1/campaigns", { body, params: { header: { "Idempotency-Key": key } } }));
}

/** Refused (422) if another number was found. */
export function confirmCampaign(id: string, count: number): Promise<Campaign> {
  return bodyOf(client.POST(`${ONE}/confirm`, { params: path(id), body: { confirm: count } }));
}

export function pauseCampaign(id: string): Promise<Campaign> {
  return bodyOf(client.POST(`${ONE}/pause`, { params: path(id) }));
}

export function resumeCampaign(id: string): Promise<Campaign> {
  return bodyOf(client.POST(`${ONE}/resume`, { params: path(id) }));
}

/** What it has done stays. */
export function cancelCampaign(id: string): Promise<Campaign> {
  return bodyOf(client.POST(`${ONE}/cancel`, { params: path(id) }));
}

/** A person says that the new version is in use; the old ones are revoked next. */
export function verifyItem(id: string, certificateId: string): Promise<CampaignItem> {
  return bodyOf(
    client.POST(`${ONE}/items/{certificate_id}/verify`, { params: { path: { campaign_id: id, certificate_id: certificateId } } }),
  );
}

function path(id: string) {
  return { path: { campaign_id: id } };
}

function rowsFrom(cursor: string | undefined) {
  return { per_page: ROWS, ...(cursor !== undefined && { cursor }) };
}
