import { bodyOf, client, done, type Schemas, SESSION_PATH } from "./client";
import { ApiError } from "./errors";

export type ApiKey = Schemas["ApiKeyView"];
type Role = Schemas["Role"];

const KEY_TEXT = /^certctl_([A-Za-z0-9_-]{43}|(key|ses|tok)_[0-9a-hjkmnp-tv-z]{26}_[0-9A-Za-z]{49})$/;

export function looksLikeKey(text: string): boolean {
  return KEY_TEXT.test(text);
}

/**
 * Who is signed in, until when, and what the API lets them do. `keyId`: the API key that the session was started with;
 * `providerId`: the identity provider with which a person signed in.
 */
export interface Session {
  id: string;
  role: Role;
  keyId: string | null;
  providerId: string | null;
  /** The user or service account that it acts for. */
  subjectId: string | null;
  name: string;
  teams: string[] | "*";
  expiresAt: string | null;
  /** Without those of the features that this stack leaves out. */
  permissions: ReadonlySet<string>;
  features: ReadonlySet<Feature>;
}

export type Feature = Schemas["Feature"];

const PERMISSIONS_OF: Record<Feature, RegExp> = { inventory: /^(inventory|endpoints):/ };
const FEATURES = Object.keys(PERMISSIONS_OF) as Feature[];

/** The feature that a permission is about. */
export function featureOf(permission: string): Feature | undefined {
  return FEATURES.find((feature) => PERMISSIONS_OF[feature].test(permission));
}

/** Whose session is in the cookie; null if there is none. */
export async function fetchSession(): Promise<Session | null> {
  try {
    return sessionOf(await bodyOf(client.GET(SESSION_PATH)));
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

/** Exchanges the key for a session in a cookie: the page keeps neither. Raises ApiError, 401 for a key that is not taken. */
export async function startSession(key: string): Promise<Session> {
  return sessionOf(await bodyOf(client.POST(SESSION_PATH, { headers: { Authorization: `Bearer ${key}` } })));
}

/** Signs out. A session that has ended already is as good. */
export async function signOut(): Promise<void> {
  try {
    await done(client.DELETE(SESSION_PATH));
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
  }
}

/** While an update is under way, an older version may answer: it has all features, and does not say so. */
type AnySessionView = Omit<Schemas["SessionView"], "features"> & { features?: Feature[] };

function sessionOf(view: AnySessionView): Session {
  const { id, key_id, sign_in, name, subject_id, role, teams, expires_at, permissions, features: offered = FEATURES } = view;
  const features = new Set(offered);
  const granted = permissions.map(({ permission }) => permission).filter((each) => isOffered(each, features));
  return {
    id,
    role,
    keyId: key_id,
    providerId: sign_in?.provider_id ?? null,
    subjectId: subject_id,
    name: name ?? subject_id ?? id,
    teams,
    expiresAt: expires_at,
    permissions: new Set<string>(granted),
    features,
  };
}

function isOffered(permission: string, features: ReadonlySet<Feature>): boolean {
  const feature = featureOf(permission);
  return feature === undefined || features.has(feature);
}
