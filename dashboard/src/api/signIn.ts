/** Sign-in with an identity provider: two redirects of the API, so that the browser follows a link. */

import { bodyOf, client, type Schemas } from "./client";

export type OfferedProvider = Schemas["OfferedProviderView"];

export const PROVIDERS_QUERY = "signInProviders";

/** Needs no key. */
export async function fetchProviders(): Promise<OfferedProvider[]> {
  return (await bodyOf(client.GET("/api/v1/auth/providers"))).data;
}

/** The provider asks the person even if it remembers them. */
export function signInAgainUrl(providerId: string, returnTo: string): string {
  return `${loginUrl(providerId, returnTo)}&max_age=0`;
}

/** `returnTo` is where the person goes afterwards, a path of this dashboard. */
export function loginUrl(providerId: string, returnTo: string): string {
  const query = new URLSearchParams({ return_to: returnTo });
  return `/api/v1/auth/login/${encodeURIComponent(providerId)}?${query.toString()}`;
}
