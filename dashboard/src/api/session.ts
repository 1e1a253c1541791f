import { bodyOf, client, done, type Schemas, SESSION_PATH } from "./client";
import { ApiError } from "./errors";

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

/** Whose session is in the cookie; null if there is none. */
export async function fetchCookieSession(): Promise<Session | null> {
  try {
    const { id, key_id, name, subject_id, role, teams, permissions } = await bodyOf(client.GET(SESSION_PATH));
    const granted = new Set<string>(permissions.map(({ permission }) => permission));
    return { role, keyId: key_id ?? id, name: name ?? subject_id ?? id, teams, permissions: granted };
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

export function endCookieSession(): Promise<void> {
  return done(client.DELETE(SESSION_PATH));
}

/** Checks `key` and tells whose it is. Raises ApiError, 401 for a key that is not taken. */
export async function fetchSession(key: string): Promise<Session> {
  const headers = { Authorization: `Bearer ${key}` };
  const { id, name, role, teams, permissions } = await bodyOf(client.GET("/api/v1/api-keys/self", { headers }));
  return { role, keyId: id, name, teams, permissions: new Set(permissions.map(({ permission }) => permission)) };
}
