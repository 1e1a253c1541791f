/** One typed client of the API: paths and bodies come from docs/openapi.json (`npm run api`). */

import createClient, { type Middleware } from "openapi-fetch";

import { noteAnswer, noteFailure } from "./connection";
import { ApiError } from "./errors";
import type { components, paths } from "./schema";
import { endedSessions, endSession } from "./sessionEnd";

export type Schemas = components["schemas"];

/** A list as every route answers it. A page may be short or empty and still have a `next_cursor`. */
export interface Page<Row> {
  data: Row[];
  next_cursor: string | null;
  /** Of a search: what it does not find may be there all the same. */
  incomplete?: boolean;
}

/** Who is signed in: 401 is its answer for nobody. */
export const SESSION_PATH = "/api/v1/auth/session";

const SESSION_ENDED = "Your session has ended. Sign in again.";

/** In which session a request was sent. */
const sentIn = new WeakMap<Request, number>();

const ownPage: Middleware = {
  onRequest({ request }) {
    // A page of another origin cannot send it, so the cookie counts with it only.
    request.headers.set("X-Certctl-Request", "1");
    sentIn.set(request, endedSessions());
    return request;
  },
  onResponse({ request, response }) {
    if (response.status !== 401 || request.url.endsWith(SESSION_PATH) || wantsSignIn(response)) return;
    // An answer that comes late must not end the session after its own.
    if (sentIn.get(request) === endedSessions()) endSession(SESSION_ENDED);
  },
};

/** The session is valid, but the person must prove again who they are (RFC 9470). */
function wantsSignIn({ headers }: Response): boolean {
  return headers.get("WWW-Authenticate")?.includes("insufficient_user_authentication") ?? false;
}

/** By its name: in tests the browser's classes are not those of the network. */
function isAbort(error: unknown): error is Error {
  return typeof error === "object" && error !== null && "name" in error && error.name === "AbortError";
}

/** API Gateway ends a request after 30 seconds: what takes longer gets no answer. */
const MOST_MS = 35_000;

const problems: Middleware = {
  async onResponse({ response }) {
    // 500 may be one route; what stands before the API sends 502, 503 and 504.
    if (response.status < 500) noteAnswer();
    else noteFailure();
    if (!response.ok) throw await ApiError.from(response);
  },
  onError({ error }) {
    if (isAbort(error)) return error;
    noteFailure();
    return ApiError.unreachable();
  },
};

function withTimeout(request: Request): Request {
  return new Request(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(MOST_MS)]) });
}

export const client = createClient<paths>({
  baseUrl: window.location.origin,
  // Looked up at each call, so that a test server can stand in its place.
  fetch: (request) => globalThis.fetch(withTimeout(request)),
});
client.use(problems, ownPage);

/** The body of an answer. Refusals have been thrown before, as ApiError. */
export async function bodyOf<Body>(call: Promise<{ data?: Body }>): Promise<Body> {
  const { data } = await call;
  if (data === undefined) throw ApiError.unexpected();
  return data;
}

/** For answers without a body. */
export async function done(call: Promise<unknown>): Promise<void> {
  await call;
}

/** Sent with a POST that creates, so that a repeated send creates once. */
export function idempotencyKey(): string {
  return crypto.randomUUID();
}
