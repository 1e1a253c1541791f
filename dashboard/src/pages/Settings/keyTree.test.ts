import { expect, test } from "vitest";

import { apiKey } from "../../test/builders";
import { countBelow, inTree } from "./keyTree";

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

test("what a key made is counted with what that made", () => {
  expect(countBelow(KEYS, "maker")).toBe(2);
  expect(countBelow(KEYS, "grandchild")).toBe(0);
});
