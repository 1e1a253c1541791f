import { http } from "msw";
import { expect, test } from "vitest";

import { certificate } from "../test/builders";
import { ADMIN_KEY, problem } from "../test/fakeApi";
import { api, server } from "../test/server";
import { bodyOf, client } from "./client";
import { ApiError } from "./errors";
import { pageWithRows } from "./paging";
import { endedSessions, endSession, signedOutBecause } from "./sessionEnd";

const readCertificates = (signal?: AbortSignal) => bodyOf(client.GET("/api/v1/certificates", { ...(signal && { signal }) }));

async function refusalOf(call: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await call.catch((caught: unknown) => caught);
  if (!(error instanceof ApiError)) throw new Error("It was not refused with an ApiError.");
  return error;
}

test("each request says that it comes from our own page, and none has a key", async () => {
  api.sessionKey = ADMIN_KEY;
  api.certificates.push(certificate({ id: "crt-1" }));
  expect((await readCertificates()).data).toHaveLength(1);
  expect(api.calls[0]?.headers.get("X-Certctl-Request")).toBe("1");
  expect(api.calls[0]?.headers.get("Authorization")).toBeNull();
});

test("a problem becomes an error with title, detail, fields and request id", async () => {
  const errors = [{ field: "common_name", message: "is not a host name" }];
  server.use(http.get("*/certificates", () => problem(422, "The request is not valid.", errors)));
  const error = await refusalOf(readCertificates());
  expect(error).toMatchObject({ status: 422, detail: "The request is not valid.", errors, requestId: "req-test-1" });
});

test("a response of the gateway that is not a problem document still reads well", async () => {
  server.use(http.get("*/certificates", () => new Response("busy", { status: 503, headers: { "X-Request-ID": "gw-1" } })));
  const error = await refusalOf(readCertificates());
  expect(error).toMatchObject({ status: 503, requestId: "gw-1", isTransient: true });
  expect(error.detail).toContain("busy");
});

test("an API that cannot be reached says so, and a request that was given up is not an error of the API", async () => {
  server.use(http.get("*/certificates", () => Response.error()));
  expect(await refusalOf(readCertificates())).toMatchObject({ status: 0, isTransient: true });
  const given = AbortSignal.abort();
  await expect(readCertificates(given)).rejects.toMatchObject({ name: "AbortError" });
});

test("a 401 ends the session and says why", async () => {
  const before = endedSessions();
  expect((await refusalOf(readCertificates())).status).toBe(401);
  expect(endedSessions()).toBe(before + 1);
  expect(signedOutBecause()).toMatch(/has ended/);
});

test("a late refusal of the session before does not end the session after it", async () => {
  const late = refusalOf(readCertificates());
  endSession();
  const since = endedSessions();
  expect((await late).status).toBe(401);
  expect(endedSessions()).toBe(since);
});

test("empty pages with a cursor are read over until rows come", async () => {
  const pages: Record<string, { data: string[]; next_cursor: string | null }> = {
    start: { data: [], next_cursor: "b" },
    b: { data: [], next_cursor: "c" },
    c: { data: ["row"], next_cursor: "d" },
  };
  const asked: string[] = [];
  const page = await pageWithRows(
    ({ cursor = "start" }) => {
      asked.push(cursor);
      return Promise.resolve(pages[cursor] ?? { data: [], next_cursor: null });
    },
    { cursor: undefined, signal: new AbortController().signal },
  );
  expect(page).toEqual({ data: ["row"], next_cursor: "d" });
  expect(asked).toEqual(["start", "b", "c"]);
});
