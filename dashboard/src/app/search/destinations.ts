/** Pages and actions of the palette: what this key may not do is not among them. */

import type { CatalogKind } from "../../api/catalog";
import type { IconName } from "../../components/Icon";
import { NAVIGATION } from "../pages";
import type { Permission } from "../../api/permissions";
import type { Item } from "./items";

type Can = (permission: Permission) => boolean;

/** A list as it is filtered in its address. */
const VIEWS: readonly [title: string, address: string, icon: IconName, permission: Permission, words?: string][] = [
  ["Expired certificates", "/certificates?status=Expired", "certificate", "certificates:read"],
  ["Expiring certificates", "/certificates?status=Expiring", "certificate", "certificates:read", "soon"],
  ["Failed certificates", "/certificates?status=Failed", "certificate", "certificates:read"],
  ["Certificates on hold", "/certificates?status=OnHold", "certificate", "certificates:read"],
  ["Unmanaged certificates", "/inventory?status=Unmanaged", "search", "inventory:read", "found observed unknown"],
  ["Found certificates that expire soon", "/inventory?expires=30", "search", "inventory:read", "inventory observed expired"],
  ["Stale endpoints", "/endpoints?finding=stale", "heartbeat", "inventory:read", "served reload renewed"],
  ["Dead letters", "/notifications?tab=dead", "bell", "notifications:read", "alerts failed"],
  ["Failed jobs", "/jobs?status=Failed", "jobs", "jobs:read"],
  ["Jobs awaiting approval", "/jobs?status=AwaitingApproval", "jobs", "jobs:read", "pending approvals"],
  ["Jobs awaiting a CSR", "/jobs?status=AwaitingCSR", "jobs", "jobs:read"],
  ["Routing rules", "/channels?tab=routing", "channels", "channels:read", "alerts"],
  ["Mutes", "/channels?tab=mutes", "channels", "channels:read", "silence alerts"],
];

const ACTIONS: readonly [title: string, address: string, icon: IconName, permission: Permission, words?: string][] = [
  ["New certificate", "/certificates/new", "plus", "certificates:write", "create issue request csr"],
  ["Import certificates", "/inventory/import", "upload", "inventory:write", "inventory upload files pem discover paste hosts"],
  ["New endpoint", "/endpoints?new=1", "plus", "endpoints:write", "create probe host served tls"],
  ["Enroll an agent", "/agents?enrol=1", "key", "agents:write", "new bootstrap token enroll"],
  ["New channel", "/channels?new=1", "plus", "channels:write", "create notifier slack email"],
  ["New routing rule", "/channels?tab=routing&new=1", "plus", "channels:write", "create"],
  ["New mute", "/channels?tab=mutes&new=1", "plus", "notifications:write", "create silence maintenance"],
  ["Requeue dead letters", "/notifications?tab=dead&requeue=1", "replay", "notifications:write", "retry resend alerts"],
  ["Revoke certificates in bulk", "/certificates/bulk-revoke", "ban", "certificates:bulk-revoke", "bulk compromise incident"],
  ["New campaign", "/campaigns/new", "replay", "campaigns:write", "create replace compromise compromised leaked key incident"],
  ["New target", "/targets?new=1", "plus", "targets:write", "create"],
  ["New owner", "/owners?new=1", "plus", "owners:write", "create person"],
  ["New team", "/teams?new=1", "plus", "catalog:write", "create"],
  ["New issuer", "/issuers?new=1", "plus", "catalog:write", "create ca acme"],
  ["New profile", "/profiles?new=1", "plus", "catalog:write", "create"],
  ["New renewal policy", "/renewal-policies?new=1", "plus", "catalog:write", "create"],
  [
    "New identity provider",
    "/identity-providers?new=1",
    "plus",
    "identity:write",
    "create oidc issuer sign in github gitlab kubernetes aws",
  ],
  ["New trust rule", "/trust-rules?new=1", "plus", "trust-rules:write", "create github gitlab kubernetes aws ci token"],
  ["New access rule", "/access-rules?new=1", "plus", "access-rules:write", "create role group claim sign in"],
  ["New service account", "/service-accounts?new=1", "plus", "service-accounts:write", "create machine"],
  ["New EAB key", "/acme?new=1", "plus", "acme:write", "create acme certbot client external account binding"],
  ["New user", "/users?new=1", "plus", "users:write", "create person account"],
  ["New agent", "/agents?new=1", "plus", "agents:write", "create key"],
  ["New policy", "/policies?new=1", "plus", "catalog:write", "create rule"],
  ["New API key", "/settings?new=1", "plus", "api-keys", "create token"],
];

/** Other words that find a page, by its path. */
const PAGE_WORDS: Partial<Record<string, string>> = {
  cas: "certificate authorities compromise compromised root issuing rotation",
  campaigns: "compromise compromised leaked key replace incident",
  revocation: "crl ocsp compromise revoked",
  channels: "alerts slack email notifiers",
  inventory: "found observed discovery discover unmanaged",
  readiness: "report expiry sha-1 weak 47 days lifetimes post-quantum renewals",
  sources: "scopes scans silent reports aws acm agents uploads",
  endpoints: "served probe tls hosts findings stale",
  "trust-rules": "github gitlab kubernetes ci tokens",
  acme: "eab keys certbot lego caddy traefik cert-manager clients orders",
  users: "people persons",
};

export function pageItems(can: Can): Item[] {
  const pages = NAVIGATION.filter(({ permission }) => can(permission)).map(({ title, path, icon, section }): Item => ({
    id: `/${path}`,
    kind: "Page",
    title,
    icon,
    goal: `/${path}`,
    ...(section && { detail: section }),
    ...(PAGE_WORDS[path] !== undefined && { words: PAGE_WORDS[path] }),
  }));
  return [...pages, ...linked(VIEWS, "Page", can)];
}

export function actionItems(can: Can): Item[] {
  return linked(ACTIONS, "Action", can);
}

function linked(rows: typeof ACTIONS, kind: string, can: Can): Item[] {
  return rows
    .filter(([, , , permission]) => can(permission))
    .map(([title, address, icon, , words]) => ({ id: address, kind, title, icon, goal: address, ...(words && { words }) }));
}

const NEW_CERTIFICATE = "/certificates/new";

/** The action of the key `n` on a page: its own kind of record where it has one, else a certificate. */
export function newAddress(pathname: string, search: string, can: Can): string | null {
  const tab = new URLSearchParams(search).get("tab");
  const allowed = ACTIONS.filter(([, , , permission]) => can(permission)).map(([, address]) => address);
  return allowed.find((address) => opensForm(address, pathname, tab)) ?? allowed.find((address) => address === NEW_CERTIFICATE) ?? null;
}

function opensForm(address: string, pathname: string, tab: string | null): boolean {
  const { pathname: page, searchParams } = new URL(address, window.location.origin);
  return page === pathname && searchParams.get("tab") === tab && (searchParams.has("new") || searchParams.has("enrol"));
}

/** How the kinds of the catalog are called, one of each. */
export const RECORD_KINDS: readonly [kind: CatalogKind, one: string, icon: IconName][] = [
  ["owners", "Owner", "user"],
  ["teams", "Team", "users"],
  ["agents", "Agent", "agent"],
  ["targets", "Target", "server"],
  ["issuers", "Issuer", "building"],
  ["profiles", "Profile", "profile"],
  ["policies", "Policy", "policy"],
  ["renewal-policies", "Renewal policy", "refresh"],
  ["identity-providers", "Identity provider", "building"],
  ["trust-rules", "Trust rule", "key"],
  ["access-rules", "Access rule", "key"],
];
