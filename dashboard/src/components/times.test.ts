import { expect, test } from "vitest";

import { relativeTime } from "./Time";

const NOW = Date.parse("2026-11-24T12:00:00Z");

test.each([
  ["2026-11-24T12:00:20Z", "in a moment"],
  ["2026-11-24T11:59:50Z", "just now"],
  ["2026-11-24T11:45:00Z", "15 minutes ago"],
  ["2026-11-24T15:30:00Z", "in 3 hours"],
  ["2026-11-25T13:00:00Z", "tomorrow"],
  ["2027-01-09T13:00:00Z", "in 46 days"],
  ["2027-06-12T12:00:00Z", "in 6 months"],
  ["2024-11-01T12:00:00Z", "2 years ago"],
])("%s reads %s", (at, text) => {
  expect(relativeTime(at, NOW)).toBe(text);
});
