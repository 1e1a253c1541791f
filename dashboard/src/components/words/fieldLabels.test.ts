import { expect, test } from "vitest";

import { fieldLabel } from "./fieldLabels";

test.each([
  ["team_id", "Team"],
  ["settings.url", "URL"],
  ["settings.routing_key", "Routing key"],
  ["config.cert_path", "Cert path"],
  ["sans.3", "Subject alternative names 4"],
  ["routes.0.channels", "Route 1, channels"],
  ["common_name", "Common name"],
  ["", "Request"],
])("the field %j is called %j", (path, label) => {
  expect(fieldLabel(path)).toBe(label);
});

test("a form's own label goes first, also for what is within its field", () => {
  const own = { "settings.url": "URL of the incoming webhook", san_patterns: "Names" };
  expect(fieldLabel("settings.url", own)).toBe("URL of the incoming webhook");
  expect(fieldLabel("san_patterns.0", own)).toBe("Names");
});
