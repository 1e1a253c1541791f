import { QueryClient } from "@tanstack/react-query";

import { ApiError } from "./errors";

const MOST_RETRIES = 2;

function shouldRetry(failures: number, error: Error): boolean {
  return failures < MOST_RETRIES && error instanceof ApiError && error.isTransient;
}

/** A refusal (4xx) is shown at once; only what may pass is tried again. Writes are never repeated unasked. */
export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: shouldRetry, staleTime: 10_000, refetchOnWindowFocus: true },
      mutations: { retry: false },
    },
  });
}
