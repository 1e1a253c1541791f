import { readFileSync } from "node:fs";

import { DEFAULT_THEME, defaultCssVariablesResolver, mergeMantineTheme } from "@mantine/core";
import { expect, test } from "vitest";

import { theme } from "./theme";

const SHEET = readFileSync("src/app/theme.css", "utf8");

test("theme.css holds the colours that the theme names", () => {
  const { variables } = defaultCssVariablesResolver(mergeMantineTheme(DEFAULT_THEME, theme));
  const shades = Object.entries(variables).filter(([name]) => /^--mantine-color-brand-\d$/.test(name));
  expect(shades).toHaveLength(10);
  for (const [name, value] of shades) expect(SHEET).toContain(`${name}: ${value};`);
});
