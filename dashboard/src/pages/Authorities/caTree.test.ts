import { expect, test } from "vitest";

import { authority, root } from "../../test/authorityBuilders";
import { inTree } from "./caTree";

const RSA_ROOT = { ...root(), ca_id: "ca-9", key_spec: "RSA_4096" as const };

test("each root is followed by the CAs below it, in whatever order they come", () => {
  const cas = [authority(), authority({ ca_id: "ca-2", parent_id: "ca-9", key_spec: "RSA_2048" }), root(), RSA_ROOT];
  expect(inTree(cas).map(({ ca, isBelow }) => [ca.ca_id, isBelow])).toEqual([
    ["ca-0", false],
    ["ca-1", true],
    ["ca-9", false],
    ["ca-2", true],
  ]);
});

test("a CA of another family than its root is marked, with both", () => {
  const cas = [root(), authority({ key_spec: "RSA_2048" }), RSA_ROOT, authority({ ca_id: "ca-2", parent_id: "ca-9" })];
  expect(inTree(cas).map(({ mixed }) => mixed)).toEqual([null, { own: "RSA", above: "ECDSA" }, null, { own: "ECDSA", above: "RSA" }]);
});

test("a CA below an outside root, or one that is not listed, stands by itself", () => {
  const cas = [
    root(),
    authority({ ca_id: "ca-3", parent_id: null }),
    authority({ ca_id: "ca-4", parent_id: "ca-gone", key_spec: "RSA_2048" }),
  ];
  expect(inTree(cas).map(({ ca, isBelow, mixed }) => [ca.ca_id, isBelow, mixed])).toEqual([
    ["ca-0", false, null],
    ["ca-3", false, null],
    ["ca-4", false, null],
  ]);
});
