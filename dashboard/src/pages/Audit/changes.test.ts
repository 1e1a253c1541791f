import { expect, test } from "vitest";

import { changesIn, otherDetails } from "./changes";

test("a record that was made has no before, one that was deleted no after", () => {
  expect(changesIn({ before: null, after: { id: "x" } })).toEqual([{ field: "id", before: null, after: "x", isChanged: true }]);
  expect(changesIn({ before: { id: "x" }, after: null })).toEqual([{ field: "id", before: "x", after: null, isChanged: true }]);
});

test("records within records are compared by their paths, lists of texts as a whole", () => {
  const before = { settings: { url: "a", port: 1 }, teams: ["t-a"], routes: [{ channels: ["slack"] }] };
  const after = { settings: { url: "a", port: 2 }, teams: ["t-a", "t-b"], routes: [{ channels: [] }] };
  const changed = changesIn({ before, after }).filter((change) => change.isChanged);
  expect(changed.map(({ field, before: old, after: new_ }) => [field, old, new_])).toEqual([
    ["settings.port", "1", "2"],
    ["teams", "t-a", "t-a, t-b"],
    ["routes.1.channels", "slack", "none"],
  ]);
});

test("an API call changes nothing, and its details are told as they are", () => {
  const details = { method: "GET", status: 200, role: null };
  expect(changesIn(details)).toEqual([]);
  expect(otherDetails(details)).toEqual([
    ["method", "GET"],
    ["status", "200"],
    ["role", "none"],
  ]);
});
