import { expect, test } from "vitest";

import { ApiError } from "./errors";
import { newQueryClient, retryDelay } from "./queryClient";

const tooMany = (retryAfter: string) => ApiError.from(new Response("", { status: 429, headers: { "Retry-After": retryAfter } }));

function isTriedAgain(error: Error): boolean {
  const { retry } = newQueryClient().getDefaultOptions().queries ?? {};
  return typeof retry === "function" && retry(0, error);
}

test("a next try waits as long as the API asks for", async () => {
  expect(retryDelay(0, await tooMany("20"))).toBe(20_000);
  expect(isTriedAgain(await tooMany("20"))).toBe(true);
});

test("who is asked to wait for minutes is told so at once", async () => {
  expect(isTriedAgain(await tooMany("300"))).toBe(false);
});

test("without that wish the tries are 1 and 2 seconds apart", async () => {
  const error = await tooMany("");
  expect([retryDelay(0, error), retryDelay(1, error)]).toEqual([1_000, 2_000]);
});
