import { expect, test } from "vitest";

import { certificate } from "../test/builders";
import { CERTIFICATE_FIELDS, emptyOf, onWire, problemsWith, valuesOf } from "./certificateFields";

const EDITABLE = CERTIFICATE_FIELDS.filter(({ edit }) => edit !== null);

test("what a form shows of a certificate is what is sent again", () => {
  const record = certificate({ tags: { app: "shop=a" }, target_ids: ["tgt-1"], environment: "test" });
  const values = valuesOf(EDITABLE, record);
  expect(values).toMatchObject({ tags: ["app=shop=a"], target_ids: ["tgt-1"], environment: "test" });
  for (const field of EDITABLE) expect(onWire(field, values[field.name] ?? "")).toEqual(record[field.name as keyof typeof record]);
});

test("a field that is required, lists that are too long and pairs without a key are refused", () => {
  const values = { ...emptyOf(EDITABLE), target_ids: Array.from({ length: 21 }, String), tags: ["=shop"] };
  expect(problemsWith(EDITABLE, "edit", values)).toMatchObject({
    name: "Enter a name.",
    target_ids: "At most 20 targets.",
    tags: "=shop is not in the form key=value.",
  });
});
