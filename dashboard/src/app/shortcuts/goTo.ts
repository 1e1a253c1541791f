/** The second key after `g`, for pages that one goes to often. */

import type { Permission } from "../../api/permissions";
import { NAVIGATION } from "../pages";

const KEYS: Readonly<Record<string, string>> = {
  "": "o",
  certificates: "c",
  notifications: "n",
  jobs: "j",
  channels: "h",
  inventory: "v",
  endpoints: "e",
  policies: "p",
  agents: "a",
  targets: "t",
  issuers: "i",
  audit: "u",
  settings: "s",
};

interface Shortcut {
  key: string;
  title: string;
  address: string;
  permission: Permission;
}

export const GO_TO: readonly Shortcut[] = NAVIGATION.flatMap(({ title, path, permission }) => {
  const key = KEYS[path];
  return key === undefined ? [] : [{ key, title, address: `/${path}`, permission }];
});
