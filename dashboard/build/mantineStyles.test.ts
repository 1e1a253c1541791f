import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";

import { expect, test } from "vitest";

import { mantineStyleFiles } from "./mantineStyles.ts";

function projectWith(source: string): string {
  const root = mkdtempSync(join(tmpdir(), "styles-"));
  mkdirSync(join(root, "src"));
  symlinkSync(resolve("node_modules"), join(root, "node_modules"));
  writeFileSync(join(root, "src/Page.tsx"), source);
  return root;
}

const sheetsOf = (source: string) => mantineStyleFiles(projectWith(source)).map((file) => basename(file, ".css"));

test("a component brings its own styles and those of what it is made of, which come before", () => {
  const sheets = sheetsOf('import { Select, type MantineSize } from "@mantine/core";');
  expect(sheets).toEqual(expect.arrayContaining(["Combobox", "Input", "Popover", "ScrollArea"]));
  const button = sheetsOf('import {\n  Button,\n  Button as Press,\n} from "@mantine/core";');
  expect(button.indexOf("UnstyledButton")).toBeLessThan(button.indexOf("Button"));
});

test("the ground of all components comes first, and what nobody uses stays out", () => {
  const sheets = sheetsOf('import { Button } from "@mantine/core";');
  expect(sheets.slice(0, 3)).toEqual(["baseline", "default-css-variables", "global"]);
  expect(sheets).not.toContain("ColorPicker");
});
