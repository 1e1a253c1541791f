import { expect, test } from "vitest";

import { ageInWords } from "./Freshness";

test.each([
  [-400, "just now"],
  [2_900, "just now"],
  [12_000, "12 s ago"],
  [59_999, "59 s ago"],
  [180_000, "3 min ago"],
  [7_200_000, "2 h ago"],
  [172_800_000, "2 d ago"],
])("%i ms is %s", (ms, words) => {
  expect(ageInWords(ms)).toBe(words);
});
