import { bodyOf, client, type Schemas } from "./client";

export type ApiKey = Schemas["ApiKeyView"];
type Role = Schemas["Role"];

const KEY_TEXT =
  /^certctl_([A-Za-z0-9_-]{43}|(key|ses|tok)_[0-9a-hjkmnp-tv-z]{26}_[0-9A-Za-z]{49})$/;

export function looksLikeKey(text: string): boolean {
  return KEY_TEXT.test(text);
}

/** Who is signed in, and what the API lets this key do. */
export interface Session {
  role: Role;
  keyId: string;
  name: string;
  teams: string[] | "*";
  permissions: ReadonlySet<string>;
}

/** Checks `key` and tells whose it is. Raises ApiError, 401 for a key that is not taken. */
export async function fetchSession(key: string): Promise<Session> {
  const headers = { Authorization: `Bearer ${key}` };
  const { id, name, role, teams, permissions } = await bodyOf(client.GET("/api/v1/api-keys/self", { headers }));
  return { role, keyId: id, name, teams, permissions: new Set(permissions.map(({ permission }) => permission)) };
}
