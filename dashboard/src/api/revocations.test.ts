import { http } from "msw";
import { expect, test } from "vitest";

import { revocation } from "../test/authorityBuilders";
import { daysFromNow } from "../test/builders";
import { ADMIN_KEY } from "../test/fakeApi";
import { api, server } from "../test/server";
import { readRevocations } from "./revocations";

const ALL = { hours: null, reason: null, issuerId: null };

function read(wanted: Parameters<typeof readRevocations>[0]) {
  api.sessionKey = ADMIN_KEY;
  return readRevocations(wanted, new AbortController().signal);
}

test("all pages are read, short and empty ones too, and ordered by time", async () => {
  const pages = [[revocation({ serial_number: "01", revoked_at: daysFromNow(-2) })], [], [revocation({ serial_number: "02" })]];
  server.use(
    http.get("*/revocations", ({ request }) => {
      const at = Number(new URL(request.url).searchParams.get("cursor") ?? 0);
      return Response.json({ data: pages[at], next_cursor: at + 1 < pages.length ? String(at + 1) : null, per_page: 500 });
    }),
  );
  const found = await read(ALL);
  expect(found.rows.map(({ serial_number }) => serial_number)).toEqual(["02", "01"]);
  expect(found).toMatchObject({ isPart: false, pages: 3 });
});

test("a list without an end is read in part", async () => {
  server.use(http.get("*/revocations", () => Response.json({ data: [], next_cursor: "again", per_page: 500 })));
  expect(await read(ALL)).toEqual({ rows: [], isPart: true, pages: 60 });
});

test("a period, a reason and an issuer are asked of the API, in whole seconds", async () => {
  await read({ hours: 24, reason: "keyCompromise", issuerId: "iss-acme" });
  const [call] = api.callsTo("GET", /^\/revocations$/);
  expect(call?.query.get("reason")).toBe("keyCompromise");
  expect(call?.query.get("issuer_id")).toBe("iss-acme");
  expect(call?.query.get("since")).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});
