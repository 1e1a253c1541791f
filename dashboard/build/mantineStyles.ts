/** The styles of those Mantine components that are used, as one module: all of them would be 38 kB gzip. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

import type { Plugin } from "vite";

const RESOLVED = "\0virtual:mantine-styles.css";
const CORE = "node_modules/@mantine/core";
const FIRST = ["baseline", "default-css-variables", "global"];
const SOURCES = ["src", "node_modules/@mantine/notifications/esm"];
const NAMES_OF_CORE = /import\s*\{([^}]*)\}\s*from\s*["']@mantine\/core["']/g;
const RELATIVE = /(?:from|import)\s*["'](\.[^"']+)["']/g;
const EXPORT_OF_INDEX = /import\s*\{([^}]*)\}\s*from\s*["'](\.\/components\/[^"']+)["']/g;

const namesIn = (list: string) =>
  list.split(",").map(
    (name) =>
      name
        .trim()
        .replace(/^type\s+/, "")
        .split(/\s+as\s+/)[0] ?? "",
  );

function scriptsIn(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return files.filter((file) => /\.(ts|tsx|mjs)$/.test(file)).map((file) => join(folder, file));
}

function usedNames(root: string): Set<string> {
  const texts = SOURCES.flatMap((folder) => scriptsIn(join(root, folder))).map((file) => readFileSync(file, "utf8"));
  return new Set(texts.flatMap((text) => [...text.matchAll(NAMES_OF_CORE)].flatMap(([, list]) => namesIn(list ?? ""))));
}

function filesByName(index: string): Map<string, string> {
  const imports = [...readFileSync(index, "utf8").matchAll(EXPORT_OF_INDEX)];
  return new Map(imports.flatMap(([, list, path]) => namesIn(list ?? "").map((name) => [name, resolve(dirname(index), path ?? "")])));
}

/** Files in the order in which they need one another: what a component is made of comes before it. */
function reached(files: string[], seen = new Set<string>()): string[] {
  return files.flatMap((file) => {
    if (seen.has(file) || !existsSync(file)) return [];
    seen.add(file);
    const imports = [...readFileSync(file, "utf8").matchAll(RELATIVE)].map(([, path]) => resolve(dirname(file), path ?? ""));
    return [...reached(imports, seen), file];
  });
}

export function mantineStyleFiles(root: string): string[] {
  const core = join(root, CORE);
  const files = filesByName(join(core, "esm/index.mjs"));
  const used = [...usedNames(root)].flatMap((name) => files.get(name) ?? []);
  const components = reached(used).map((file) => basename(dirname(file)));
  const sheets = [...FIRST, ...components].map((name) => join(core, "styles", `${name}.css`));
  return [...new Set(sheets)].filter((sheet) => existsSync(sheet));
}

export function mantineStyles(): Plugin {
  let root = "";
  return {
    name: "mantine-styles",
    configResolved: (config) => {
      root = config.root;
    },
    resolveId: { filter: { id: /^virtual:mantine-styles/ }, handler: () => RESOLVED },
    load: {
      filter: { id: /^\0virtual:mantine-styles/ },
      handler: () =>
        mantineStyleFiles(root)
          .map((file) => readFileSync(file, "utf8"))
          .join("\n"),
    },
  };
}
