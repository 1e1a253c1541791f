import { expect, test } from "vitest";

import { receipt, revocation } from "../../test/authorityBuilders";
import { elapsed, seenBy, spreadOf } from "./receipts";

function seenAfter(...seconds: (number | null)[]) {
  return seconds.map((crl_seconds) => revocation({ receipt: receipt({ crl_seconds }) }));
}

test("the median and the 99th percentile are values that occurred", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
  expect(spreadOf(seenAfter(...hundred.toReversed()), "crl")).toEqual({ seen: 100, p50: 50, p99: 99 });
  expect(spreadOf(seenAfter(7), "crl")).toEqual({ seen: 1, p50: 7, p99: 7 });
});

test("what was not seen does not count", () => {
  expect(spreadOf([...seenAfter(3, null), revocation({ receipt: null })], "crl")).toEqual({ seen: 1, p50: 3, p99: 3 });
  expect(spreadOf(seenAfter(null), "crl")).toBeNull();
});

test.each([
  [receipt({ ocsp_seconds: 2.04 }), "2 s"],
  [receipt({ ocsp_seconds: null, ocsp_sampled_out: true }), "Not sampled"],
  [receipt({ ocsp_seconds: null, is_complete: false }), "Not yet"],
  [receipt({ ocsp_seconds: null }), "–"],
  [receipt({ ocsp_seconds: null, is_complete: false, expired_unseen_at: "2026-11-27T00:00:00Z" }), "Expired unseen"],
  [null, "Not watched"],
])("what OCSP showed is said in a word: %#", (given, word) => {
  expect(seenBy("ocsp", revocation({ receipt: given }))).toBe(word);
});

test("times are exact while they are short", () => {
  expect([0.43, 9.96, 12.4, 119, 120, 26_790, 95_045, 200_000].map(elapsed)).toEqual([
    "0.4 s",
    "10 s",
    "12 s",
    "119 s",
    "2 min",
    "7 h",
    "26 h",
    "2 d",
  ]);
});
