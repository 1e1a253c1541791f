import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { relativeTime, Time } from "./Time";

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

test("what has just happened does not lie ahead, and the exact time is in the title", () => {
  render(<Time at={new Date(Date.now() - 500).toISOString()} />);
  const shown = screen.getByText("just now");
  expect(shown).toHaveAttribute("title", expect.stringMatching(/\d{4}.*\d:\d\d:\d\d/) as string);
});

test("no time is a dash, or what is said instead", () => {
  render(<Time at={null} none="Never" />);
  expect(screen.getByText("Never")).toBeVisible();
});
