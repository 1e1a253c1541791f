/** Every page, in the order of the navigation: a page is a folder in src/pages and one line here. */

import { type ComponentType, lazy, type LazyExoticComponent } from "react";

import type { IconName } from "../components/Icon";
import type { Permission } from "./permissions";

export interface PageDefinition {
  title: string;
  /** Without the leading slash; the navigation shows those without parameters. */
  path: string;
  icon: IconName;
  permission: Permission;
  Component: LazyExoticComponent<ComponentType>;
}

type Module = Promise<{ default: ComponentType }>;

function page(title: string, path: string, icon: IconName, permission: Permission, load: () => Module): PageDefinition {
  return { title, path, icon, permission, Component: lazy(load) };
}

export const PAGES: readonly PageDefinition[] = [
  page("Overview", "", "dashboard", "stats:read", () => import("../pages/Overview/Overview")),
  page("Certificates", "certificates", "certificate", "certificates:read", () => import("../pages/Certificates/Certificates")),
  page("Certificate", "certificates/:certificateId", "certificate", "certificates:read", () => import("../pages/CertificateDetail/CertificateDetail")),
];

export const NAVIGATION = PAGES.filter((item) => !item.path.includes(":"));
