import { expect, test } from "vitest";

import { counted } from "./count";

test.each([
  [1, "jobs", "1 job"],
  [0, "jobs", "0 jobs"],
  [2, "renewal policies", "2 renewal policies"],
  [1, "renewal policies", "1 renewal policy"],
  [1, "API keys", "1 API key"],
  [1_204, "certificates", "1,204 certificates"],
])("%i %s is %s", (count, plural, words) => {
  expect(counted(count, plural)).toBe(words);
});
