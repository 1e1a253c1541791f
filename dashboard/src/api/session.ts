import { bodyOf, client, type Schemas } from "./client";
import { ApiError } from "./errors";

export type ApiKey = Schemas["ApiKeyView"];
type Role = Schemas["Role"];

const KEY_TEXT = /^certctl_[A-Za-z0-9_-]{43}$/;

export function looksLikeKey(text: string): boolean {
  return KEY_TEXT.test(text);
}

/** Who is signed in. `keyId` and `name` are null where the API does not tell which key this is. */
export interface Session {
  role: Role;
  keyId: string | null;
  name: string | null;
  teams: string[] | "*" | null;
}

const STRENGTH: Role[] = ["agent", "viewer", "auditor", "operator", "admin"];

/** Checks `key` and tells its role. Raises ApiError, 401 for a key that is not taken. */
export async function fetchSession(key: string): Promise<Session> {
  const headers = { Authorization: `Bearer ${key}` };
  const { data: keys } = await bodyOf(client.GET("/api/v1/api-keys", { headers, params: { query: { per_page: 500 } } }));
  return sessionOf(keys);
}

/** No route tells which key a caller has. A list of one is that key; of several, made by one another, the
 *  strongest live role is taken: the API decides on each call anyway. */
function sessionOf(keys: ApiKey[]): Session {
  const live = keys.filter((key) => key.revoked_at === null);
  const strongest = live.sort((a, b) => STRENGTH.indexOf(b.role) - STRENGTH.indexOf(a.role))[0];
  if (strongest === undefined) throw ApiError.unexpected();
  if (live.length > 1) return { role: strongest.role, keyId: null, name: null, teams: null };
  return { role: strongest.role, keyId: strongest.id, name: strongest.name, teams: strongest.teams };
}
