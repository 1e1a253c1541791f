import { expect, test } from "vitest";

import { ApiError } from "../../api/errors";
import { inWords } from "./duration";
import { AS_NUMBERS, bodyOf, draftOf, type Field, placed, problemsOf, valueOf } from "./fields";
import { KEY_RULES, keysInWords } from "./profiles/keyRules";
import { PAIRS } from "./sharedFields";

const NAME: Field = { name: "name", label: "Name", form: "text", isNeeded: true };
const PATTERNS: Field = { name: "san_patterns", label: "Names", form: "list" };
const ZONES: Field = { name: "config.hosted_zones", label: "Zones", form: "list", codec: PAIRS };
const DAYS: Field = { name: "alert_thresholds_days", label: "Days", form: "list", codec: AS_NUMBERS, fallback: ["30"] };
const FIELDS = [NAME, PATTERNS, ZONES, DAYS];

test("a record that is read into a form and sent back is the same", () => {
  const row = { name: "a", san_patterns: ["DNS:*.a"], config: { hosted_zones: { "a.example": "Z1" } }, alert_thresholds_days: [14, 7] };
  expect(bodyOf(FIELDS, draftOf(FIELDS, row))).toEqual(row);
});

test("lists of the record are sent empty, settings without a value are left out", () => {
  const draft = { ...draftOf(FIELDS, undefined), name: " a ", alert_thresholds_days: [] };
  expect(bodyOf(FIELDS, draft)).toEqual({ name: "a", san_patterns: [], alert_thresholds_days: [], config: {} });
});

test("a setting of which none is another thing than the default is sent empty, and stays so", () => {
  const test: Field = { name: "config.test_command", label: "Test", form: "list", fallback: ["nginx", "-t"], isSentEmpty: true };
  expect(bodyOf([test], draftOf([test], undefined))).toEqual({ config: { test_command: ["nginx", "-t"] } });
  expect(bodyOf([test], draftOf([test], { config: { test_command: [] } }))).toEqual({ config: { test_command: [] } });
});

test("a new record begins with the defaults", () => {
  expect(valueOf(DAYS, draftOf([DAYS], undefined))).toEqual(["30"]);
});

test("what is needed and of a wrong form is said before anything is sent", () => {
  const path: Field = { name: "path", label: "Path", form: "text", pattern: /^\//, says: "An absolute path." };
  expect(problemsOf([NAME, path], { name: " ", path: "etc" })).toEqual({ name: "Required.", path: "An absolute path." });
});

test("the API's words stand at the field that they are about", () => {
  const error = new ApiError(422, "", "", [
    { field: "san_patterns.1", message: "no pattern" },
    { field: "elsewhere", message: "is wrong" },
  ]);
  expect(placed(error, FIELDS)).toEqual({ san_patterns: "no pattern" });
});

test("rules for keys are one choice for each size", () => {
  const rules = [
    { algorithm: "RSA", sizes: [3072, 4096] },
    { algorithm: "Ed25519", sizes: [] },
  ] as const;
  const chosen = KEY_RULES.read(rules);
  expect(chosen).toEqual(["RSA 3072", "RSA 4096", "Ed25519"]);
  expect(KEY_RULES.write(chosen)).toEqual(rules);
  expect(KEY_RULES.write(["RSA 2048", "RSA"])).toEqual([{ algorithm: "RSA", sizes: [] }]);
  expect(keysInWords([])).toBe("Any");
});

test.each([
  [17_280_000, "200 days"],
  [86_400, "1 day"],
  [21_600, "6 hours"],
  [90, "90 seconds"],
])("%i seconds are %s", (seconds, words) => {
  expect(inWords(seconds)).toBe(words);
});
