/** The types of issuers and targets with their settings: forms are drawn from them. */

import { bodyOf, client, type Schemas } from "./client";

export type IssuerType = Schemas["IssuerTypeView"];
export type TargetType = Schemas["TargetTypeView"];
export type ConfigSetting = Schemas["ConfigSettingView"];

export const catalogTypeKeys = {
  issuers: ["issuer-types"] as const,
  targets: ["target-types"] as const,
};

export async function listIssuerTypes(signal?: AbortSignal): Promise<readonly IssuerType[]> {
  return (await bodyOf(client.GET("/api/v1/issuer-types", { ...(signal && { signal }) }))).data;
}

export async function listTargetTypes(signal?: AbortSignal): Promise<readonly TargetType[]> {
  return (await bodyOf(client.GET("/api/v1/target-types", { ...(signal && { signal }) }))).data;
}
