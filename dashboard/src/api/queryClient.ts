import { MutationCache, QueryClient } from "@tanstack/react-query";

import { ApiError } from "./errors";
import { noteAct } from "./polling";

const MOST_RETRIES = 2;

/** A longer wait is not sat out: the page displays the error. */
const MOST_WAIT_MS = 60_000;

function shouldRetry(failures: number, error: Error): boolean {
  if (!(error instanceof ApiError) || !error.isTransient) return false;
  return failures < MOST_RETRIES && (error.retryAfterMs ?? 0) <= MOST_WAIT_MS;
}

/** As long as the API asks for (429 and 503 with Retry-After), else 1 s, 2 s. */
export function retryDelay(failures: number, error: Error): number {
  const wanted = error instanceof ApiError ? error.retryAfterMs : null;
  return wanted ?? 1_000 * 2 ** failures;
}

/** A refusal (4xx) is shown at once; only what may pass is tried again. Writes are never repeated unasked. */
export function newQueryClient(): QueryClient {
  return new QueryClient({
    mutationCache: new MutationCache({ onSettled: noteAct }),
    defaultOptions: {
      queries: { retry: shouldRetry, retryDelay, staleTime: 10_000, refetchOnWindowFocus: true },
      mutations: { retry: false },
    },
  });
}
