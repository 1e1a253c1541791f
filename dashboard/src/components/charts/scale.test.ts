import { expect, test } from "vitest";

import { labelEvery, ticksUpTo } from "./scale";

test("an axis has whole numbers, and room for the tallest bar", () => {
  expect(ticksUpTo(2)).toEqual([0, 1, 2, 3, 4]);
  expect(ticksUpTo(13)).toEqual([0, 4, 8, 12, 16]);
  expect(ticksUpTo(50)).toEqual([0, 15, 30, 45, 60]);
  expect(ticksUpTo(10_000)).toEqual([0, 2_500, 5_000, 7_500, 10_000]);
});

test("an axis without anything to show still has numbers", () => {
  expect(ticksUpTo(0)).toEqual([0, 1, 2, 3, 4]);
});

test("labels are left out as far as they would touch", () => {
  expect(labelEvery(47, 500, 66)).toBe(7);
  expect(labelEvery(7, 500, 66)).toBe(1);
  expect(labelEvery(47, 0, 66)).toBe(47);
});
