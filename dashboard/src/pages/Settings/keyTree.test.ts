import { expect, test } from "vitest";

import { apiKey } from "../../test/builders";
import { inTree, madeBy, namesOf } from "./keyTree";

const KEYS = [
  apiKey({ id: "grandchild", made_by: "child" }),
  apiKey({ id: "other", made_by: "not-listed" }),
  apiKey({ id: "child", name: "ci", made_by: "maker" }),
  apiKey({ id: "maker", name: "laptop" }),
];

test("each key is followed by those that it made, in their order", () => {
  expect(inTree(KEYS).map(({ id, depth, maker }) => [id, depth, maker])).toEqual([
    ["other", 0, "not-listed"],
    ["maker", 0, null],
    ["child", 1, "laptop"],
    ["grandchild", 2, "ci"],
  ]);
});

test("what a key made is found with what that made, unless it has ended", () => {
  const names = (id: string) => madeBy(KEYS, id).map((key) => key.id);
  expect(names("maker")).toEqual(["child", "grandchild"]);
  expect(names("grandchild")).toEqual([]);
  const ended = KEYS.map((key) => (key.id === "child" ? { ...key, revoked_at: "2026-11-20T08:00:00Z" } : key));
  expect(madeBy(ended, "maker").map((key) => key.id)).toEqual(["grandchild"]);
});

test("of many keys some are named", () => {
  const keys = Array.from({ length: 12 }, (_, index) => apiKey({ name: `key ${String(index)}` }));
  expect(namesOf(keys)).toMatch(/^key 0, .*, key 9 and 2 more$/);
});
