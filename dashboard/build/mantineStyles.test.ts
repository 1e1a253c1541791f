import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

import { expect, test } from "vitest";

import { CLASSES_OF_CORE, groundOf, sheetOf, UNUSED_COLORS } from "./mantineStyles.ts";

const ROOT = process.cwd();
const MODULES = "node_modules/@mantine/core/esm";

test("the class names of a component bring its styles into the chunk that has them", () => {
  const sheet = sheetOf(ROOT, join(ROOT, MODULES, "components/Button/Button.module.mjs"));
  const rootClass = /"root": "(\w+)"/.exec(readFileSync(join(ROOT, MODULES, "components/Button/Button.module.mjs"), "utf8"))?.[1];
  expect(basename(sheet ?? "")).toBe("Button.css");
  expect(readFileSync(sheet ?? "", "utf8")).toContain(rootClass);
});

test("every module of class names, those that components share too, brings the style sheet of the name of its folder", () => {
  const files = readdirSync(join(ROOT, MODULES), { recursive: true, encoding: "utf8" });
  const modules = files.filter((file) => file.endsWith(".module.mjs"));
  expect(modules.length).toBeGreaterThan(50);
  expect(modules.filter((file) => !CLASSES_OF_CORE.test(join(ROOT, MODULES, file)))).toEqual([]);
  expect(modules.filter((file) => sheetOf(ROOT, join(ROOT, MODULES, file)) === null)).toEqual([]);
});

test("the ground has the variables of those colours that pages use", () => {
  expect(groundOf(ROOT)).toContain("--mantine-color-red-filled:");
  expect(groundOf(ROOT)).not.toMatch(new RegExp(`--mantine-color-(${UNUSED_COLORS.join("|")})-[\\w-]+:`));
});

test("no page uses a colour whose variables are left out", () => {
  const sources = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) => /\.(tsx?|css)$/.test(file));
  const uses = new RegExp(`mantine-color-(${UNUSED_COLORS.join("|")})\\b|["'](${UNUSED_COLORS.join("|")})["'.]`);
  expect(sources.filter((file) => uses.test(readFileSync(join("src", file), "utf8")))).toEqual([]);
});
