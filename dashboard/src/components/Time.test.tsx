import { act, render, screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { Day, dayOf, everyZone, ExactTime, relativeTime, Time } from "./Time";
import { setTimeDisplay } from "./timeDisplay";

const NOW = "2026-11-24T12:00:00Z";
test.each([
  [NOW, "2026-11-24T12:00:20Z", "in a moment"],
  [NOW, "2026-11-24T11:59:50Z", "just now"],
  [NOW, "2026-11-24T11:45:00Z", "15 minutes ago"],
  [NOW, "2026-11-24T15:30:00Z", "in 3 hours"],
  [NOW, "2026-11-25T11:00:00Z", "in 23 hours"],
  [NOW, "2026-11-25T13:00:00Z", "in 25 hours"],
  [NOW, "2026-11-27T11:00:00Z", "in 71 hours"],
  [NOW, "2026-11-27T12:00:00Z", "in 3 days"],
  [NOW, "2027-01-09T13:00:00Z", "in 46 days"],
  [NOW, "2027-06-12T12:00:00Z", "in 200 days"],
  [NOW, "2027-12-27T12:00:00Z", "in 398 days"],
  [NOW, "2028-03-23T12:00:00Z", "in 15 months"],
  [NOW, "2028-03-24T12:00:00Z", "in 16 months"],
  [NOW, "2036-11-23T12:00:00Z", "in 9 years"],
  [NOW, "2024-11-01T12:00:00Z", "2 years ago"],
  // Just over and just under 72 hours; the calendar decides from there on.
  ["2026-11-26T10:36:00Z", "2026-11-29T11:00:00Z", "in 3 days"],
  ["2026-11-26T10:36:00Z", "2026-11-28T08:09:00Z", "in 45 hours"],
  ["2026-11-26T10:36:00Z", "2026-11-24T12:36:00Z", "46 hours ago"],
  ["2026-11-26T23:50:00Z", "2026-11-23T00:10:00Z", "3 days ago"],
])("at %s, %s reads %s", (now, at, text) => {
  expect(relativeTime(at, Date.parse(now), "UTC")).toBe(text);
});

test.each([
  ["America/Los_Angeles", "in 3 days", "Nov 28, 2026"],
  ["UTC", "in 4 days", "Nov 29, 2026"],
])("days are those of the displayed zone, so that they agree with the date: in %s, %s is %s", (timeZone, relative, day) => {
  const [now, at] = ["2026-11-25T16:00:00Z", "2026-11-29T06:30:00Z"];
  expect([relativeTime(at, Date.parse(now), timeZone), dayOf(at, timeZone)]).toEqual([relative, day]);
});

test.each(["America/Los_Angeles", "UTC"])("up to 72 hours every zone reads the same: %s", (timeZone) => {
  expect(relativeTime("2026-11-27T06:30:00Z", Date.parse("2026-11-25T16:00:00Z"), timeZone)).toBe("in 38 hours");
});

test("a title has the reader's time and UTC", () => {
  expect(everyZone("2026-11-27T06:30:05Z", "America/Los_Angeles")).toMatch(
    /^Nov 26, 2026, .*:30:05.* PST \(Nov 27, 2026, .*:30:05.* UTC\)$/,
  );
  expect(everyZone("2026-11-27T06:30:05Z", "UTC")).toMatch(/^Nov 27, 2026, .*:30:05.* UTC$/);
});

test("what has just happened does not lie ahead, and the exact time is in the title", () => {
  render(<Time at={new Date(Date.now() - 500).toISOString()} />);
  const shown = screen.getByText("just now");
  expect(shown).toHaveAttribute("title", expect.stringMatching(/\d{4}.*\d:\d\d:\d\d.*UTC/) as string);
});

test("no time is a dash, or what is said instead", () => {
  render(<Time at={null} none="Never" />);
  expect(screen.getByText("Never")).toBeVisible();
});

test("a switch to UTC changes what is displayed at once", () => {
  render(
    <>
      <Day at="2026-11-27T06:30:00Z" /> <ExactTime at="2026-11-27T06:30:05Z" />
    </>,
  );
  act(() => setTimeDisplay({ zone: "utc" }));
  expect(screen.getByText("Nov 27, 2026")).toBeVisible();
  expect(screen.getByText(/^Nov 27, 2026, .*:30:05.* UTC$/)).toBeVisible();
});

test("exact times are visible without a hover once they are chosen, and the choice is kept", () => {
  const at = new Date(Date.now() - 3 * 3_600_000);
  render(<Time at={at.toISOString()} />);
  expect(screen.getByText("3 hours ago")).toBeVisible();
  act(() => setTimeDisplay({ form: "exact", zone: "utc" }));
  expect(screen.getByText(/^\w{3} \d+(, \d{4})?, \d+:\d\d.* UTC$/)).toHaveAttribute(
    "title",
    expect.stringContaining("3 hours ago") as string,
  );
  expect(localStorage.getItem("certctl.time-form")).toBe("exact");
});
