/** Every page, in the order of the navigation: a page is a folder in src/pages and one line here. */

import type { ComponentType, LazyExoticComponent } from "react";

import type { IconName } from "../components/Icon";
import { lazyPage } from "../components/lazyPage";
import type { Permission } from "../api/permissions";

export interface PageDefinition {
  title: string;
  /** Without the leading slash. */
  path: string;
  icon: IconName;
  permission: Permission;
  Component: LazyExoticComponent<ComponentType>;
  inNavigation: boolean;
  /** The group of the navigation that it is in. */
  section?: Section;
}

/** The groups of the navigation. */
export const SECTIONS = ["Discovery", "PKI", "Delivery", "Access"] as const;
export type Section = (typeof SECTIONS)[number];

type Module = Promise<{ default: ComponentType }>;
type Page = [title: string, path: string, icon: IconName, permission: Permission, load: () => Module];

function page(...[title, path, icon, permission, load]: Page): PageDefinition {
  return { title, path, icon, permission, Component: lazyPage(load), inNavigation: true };
}

/** A page that one comes to from another. */
function inner(...args: Page): PageDefinition {
  return { ...page(...args), inNavigation: false };
}

/** Certificates of any issuer that were found, and those that servers show. */
function discovery(...args: Page): PageDefinition {
  return { ...page(...args), section: "Discovery" };
}

/** How certificates come about. */
function pki(...args: Page): PageDefinition {
  return { ...page(...args), section: "PKI" };
}

/** Where certificates go. */
function delivery(...args: Page): PageDefinition {
  return { ...page(...args), section: "Delivery" };
}

/** Who may do what, and whose certificates are whose. */
function access(...args: Page): PageDefinition {
  return { ...page(...args), section: "Access" };
}

export const PAGES: readonly PageDefinition[] = [
  page("Overview", "", "dashboard", "stats:read", () => import("../pages/Overview/Overview")),
  page("Certificates", "certificates", "certificate", "certificates:read", () => import("../pages/Certificates/Certificates")),
  inner("New certificate", "certificates/new", "plus", "certificates:write", () => import("../pages/NewCertificate/NewCertificate")),
  inner(
    "Revoke certificates in bulk",
    "certificates/bulk-revoke",
    "ban",
    "certificates:bulk-revoke",
    () => import("../pages/BulkRevocation/BulkRevocation"),
  ),
  inner("Bulk actions", "certificates/bulk", "certificate", "certificates:write", () => import("../pages/BulkChange/BulkChange")),
  inner(
    "Certificate",
    "certificates/:certificateId",
    "certificate",
    "certificates:read",
    () => import("../pages/CertificateDetail/CertificateDetail"),
  ),
  page("Revocation", "revocation", "ban", "certificates:read", () => import("../pages/Revocation/Revocation")),
  page("Notifications", "notifications", "bell", "notifications:read", () => import("../pages/Notifications/Notifications")),
  page("Jobs", "jobs", "jobs", "jobs:read", () => import("../pages/Jobs/Jobs")),
  page("Campaigns", "campaigns", "replay", "campaigns:read", () => import("../pages/Campaigns/Campaigns")),
  inner("New campaign", "campaigns/new", "plus", "campaigns:write", () => import("../pages/Campaigns/NewCampaign")),
  inner("Campaign", "campaigns/:campaignId", "replay", "campaigns:read", () => import("../pages/Campaigns/Campaign")),
  inner("Key", "keys/:spki", "key", "certificates:read", () => import("../pages/KeyUses/KeyUses")),
  page("Channels", "channels", "channels", "channels:read", () => import("../pages/Channels/Channels")),
  discovery("Inventory", "inventory", "search", "inventory:read", () => import("../pages/Inventory/Inventory")),
  inner("Import certificates", "inventory/import", "upload", "inventory:write", () => import("../pages/InventoryImport/InventoryImport")),
  inner("Observed certificate", "inventory/:fingerprint", "search", "inventory:read", () => import("../pages/Inventory/Observed")),
  discovery("Endpoints", "endpoints", "heartbeat", "inventory:read", () => import("../pages/Endpoints/Endpoints")),
  discovery("Readiness", "readiness", "calendar", "inventory:read", () => import("../pages/Readiness/Readiness")),
  discovery("Sources", "sources", "channels", "inventory:read", () => import("../pages/Sources/Sources")),
  pki("Policies", "policies", "policy", "catalog:read", () => import("../pages/Catalog/kinds/Policies")),
  pki("Issuers", "issuers", "building", "catalog:read", () => import("../pages/Catalog/kinds/Issuers")),
  pki("CAs", "cas", "key", "catalog:read", () => import("../pages/Authorities/Authorities")),
  inner("CA", "cas/:caId", "key", "catalog:read", () => import("../pages/Authorities/Authority")),
  pki("Profiles", "profiles", "profile", "catalog:read", () => import("../pages/Catalog/kinds/Profiles")),
  pki("Renewal policies", "renewal-policies", "refresh", "catalog:read", () => import("../pages/Catalog/kinds/RenewalPolicies")),
  delivery("Targets", "targets", "server", "team-records:read", () => import("../pages/Catalog/kinds/Targets")),
  delivery("Agents", "agents", "agent", "catalog:read", () => import("../pages/Catalog/kinds/Agents")),
  delivery("ACME", "acme", "lock", "acme:read", () => import("../pages/Acme/Acme")),
  inner("ACME account", "acme/accounts/:accountId", "lock", "acme:read", () => import("../pages/Acme/AcmeAccount")),
  access("Owners", "owners", "user", "catalog:read", () => import("../pages/Catalog/kinds/Owners")),
  access("Teams", "teams", "users", "catalog:read", () => import("../pages/Catalog/kinds/Teams")),
  access("Identity providers", "identity-providers", "building", "catalog:read", () => import("../pages/Catalog/kinds/IdentityProviders")),
  access("Trust rules", "trust-rules", "key", "team-records:read", () => import("../pages/Catalog/kinds/TrustRules")),
  access("Access rules", "access-rules", "key", "team-records:read", () => import("../pages/Catalog/kinds/AccessRules")),
  access("Service accounts", "service-accounts", "agent", "team-records:read", () => import("../pages/Catalog/kinds/ServiceAccounts")),
  access("Users", "users", "user", "users:read", () => import("../pages/Catalog/kinds/Users")),
  page("Audit", "audit", "audit", "audit:read", () => import("../pages/Audit/Audit")),
  inner("Sign in on the command line", "cli", "key", "api-keys", () => import("../pages/CommandLine/CommandLine")),
  inner("API reference", "reference", "profile", "catalog:read", () => import("../pages/Reference/Reference")),
  page("Settings", "settings", "settings", "api-keys", () => import("../pages/Settings/Settings")),
];

export const NAVIGATION = PAGES.filter((item) => item.inNavigation);
