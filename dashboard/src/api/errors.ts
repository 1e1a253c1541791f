/** What the API says when it refuses: application/problem+json (RFC 9457). */

export interface FieldProblem {
  /** Dotted path of the field, as in the body that was sent. */
  field: string;
  message: string;
}

const SIGN_IN_REQUIRED = "urn:certctl:problem:sign-in-required";
const KEY_ASLEEP = "urn:certctl:problem:key-asleep";

interface Problem {
  type: string;
  title: string;
  detail: string;
  errors: FieldProblem[];
  requestId: string | null;
}

export class ApiError extends Error {
  override readonly name = "ApiError";

  /** `status` is 0 where no answer came. */
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly errors: readonly FieldProblem[] = [],
    readonly requestId: string | null = null,
    /** How long the API asks to wait before the next try. */
    readonly retryAfterMs: number | null = null,
    /** A URI that names the kind of refusal. */
    readonly type = "",
  ) {
    super(detail || title);
  }

  static async from(response: Response): Promise<ApiError> {
    const { type, title, detail, errors, requestId } = problemIn(await jsonOf(response), response);
    return new ApiError(response.status, title, detail, errors, requestId, waitOf(response), type);
  }

  static unreachable(): ApiError {
    return new ApiError(0, "No response", "The API cannot be reached. Check the connection and try again.");
  }

  static unexpected(): ApiError {
    return new ApiError(0, "Unexpected response", "The API's response lacks the requested data.");
  }

  /** The session goes on, but this needs a more recent sign-in (RFC 9470). */
  get needsSignIn(): boolean {
    return this.type === SIGN_IN_REQUIRED;
  }

  /** A valid key, whose user has not signed in for too long. */
  get isAsleep(): boolean {
    return this.type === KEY_ASLEEP;
  }

  /** Whether the same request may well go through a moment later. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Retry-After in seconds; a date, which our API never sends, is ignored. */
function waitOf(response: Response): number | null {
  const seconds = Number(response.headers.get("Retry-After") ?? "");
  return Number.isInteger(seconds) && seconds > 0 ? seconds * 1_000 : null;
}

async function jsonOf(response: Response): Promise<unknown> {
  try {
    return (await response.clone().json()) as unknown;
  } catch {
    return null;
  }
}

const GATEWAY_TEXTS: Record<number, string> = {
  413: "The request is too large.",
  429: "Too many requests. Wait a moment and try again.",
  503: "The service is busy. Wait a moment and try again.",
};

function problemIn(body: unknown, response: Response): Problem {
  const fields = isRecord(body) ? body : {};
  return {
    type: text(fields.type) ?? "",
    title: text(fields.title) ?? `Error ${response.status}`,
    detail: text(fields.detail) ?? GATEWAY_TEXTS[response.status] ?? response.statusText,
    errors: Array.isArray(fields.errors) ? fields.errors.filter(isRecord).map(fieldProblem) : [],
    requestId: text(fields.request_id) ?? response.headers.get("X-Request-ID"),
  };
}

function fieldProblem(item: Record<string, unknown>): FieldProblem {
  return { field: text(item.field) ?? "", message: text(item.message) ?? "is not valid" };
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Also of what the caller may not see. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** Text for people, of whatever was thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof ApiError) return error.detail || error.title;
  return error instanceof Error ? error.message : "Something went wrong.";
}
