import { expect, test } from "vitest";

import { noteAct, readAt, sharedOrNow } from "./polling";

test("what an answer says of its age counts, and nothing else", () => {
  expect(readAt({ data: { age_seconds: 12 }, dataUpdatedAt: 50_000 })).toBe(38_000);
  expect(readAt({ data: { age_seconds: "old" }, dataUpdatedAt: 50_000 })).toBe(50_000);
  expect(readAt({ data: undefined, dataUpdatedAt: 50_000 })).toBe(50_000);
});

test("who has just acted gets no shared answer", () => {
  expect(sharedOrNow()).toBe("default");
  noteAct();
  expect(sharedOrNow()).toBe("reload");
});
