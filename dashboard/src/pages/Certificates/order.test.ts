import { expect, test } from "vitest";

import { apiSortOf, sortingIn } from "./order";

const soonest = { column: "expires", direction: "ascending" } as const;
const newest = { column: "created", direction: "descending" } as const;

test("orders that an index has are asked of the API", () => {
  expect(apiSortOf(soonest, {})).toBe("expires_at");
  expect(apiSortOf({ ...soonest, direction: "descending" }, { status: "Expiring" })).toBe("-expires_at");
  expect(apiSortOf(newest, { status: "Active" })).toBe("-created_at");
  expect(apiSortOf(newest, { status: "Revoked", team_id: "t-default" })).toBe("-created_at");
});

test("what the API would refuse, the table sorts itself", () => {
  expect(apiSortOf(null, {})).toBeNull();
  expect(apiSortOf({ column: "name", direction: "ascending" }, {})).toBeNull();
  expect(apiSortOf(soonest, { name: "example.com" })).toBeNull();
  expect(apiSortOf(soonest, { search: "sso" })).toBeNull();
  expect(apiSortOf(soonest, { status: "Revoked" })).toBeNull();
  expect(apiSortOf(newest, { status: "OnHold" })).toBeNull();
  expect(apiSortOf(newest, { renewal: "stuck" })).toBeNull();
  expect(apiSortOf(newest, { expires_before: "2026-12-01T00:00:00Z" })).toBeNull();
});

test("without an order in the address, the soonest expiry comes first where the API has that order", () => {
  expect(sortingIn(null, {})).toEqual(soonest);
  expect(sortingIn("nonsense!", { status: "Expiring" })).toEqual(soonest);
  expect(sortingIn(null, { search: "shop" })).toBeNull();
  expect(sortingIn(null, { status: "Revoked" })).toBeNull();
  expect(sortingIn("-created", {})).toEqual(newest);
});
