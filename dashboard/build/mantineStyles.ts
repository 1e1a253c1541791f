/** Mantine's styles where they are used: a chunk of the build has the styles of its components, so that the first page loads no others. */

import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import type { Plugin } from "vite";

const RESOLVED = "\0virtual:mantine-styles.css";
const CORE = "node_modules/@mantine/core";
/** What all components rest on. */
const GROUND = ["baseline", "default-css-variables", "global"];
/** Colours that no page uses, of the 14 that Mantine has variables for. */
export const UNUSED_COLORS = ["pink", "grape", "violet", "indigo", "cyan", "teal", "lime"];
const VARIABLE = new RegExp(`--mantine-color-(${UNUSED_COLORS.join("|")})-[\\w-]+:[^;}]*;?`, "g");
/** Of components, and of what several of them share, such as the label beside a checkbox. */
export const CLASSES_OF_CORE = /@mantine\/core\/esm\/(components|utils)\/.*\.module\.mjs$/;

/** The style sheet of the component whose class names this module has; null if the component has none of its own. */
export function sheetOf(root: string, classesModule: string): string | null {
  const sheet = join(root, CORE, "styles", `${basename(dirname(classesModule))}.css`);
  return existsSync(sheet) ? sheet : null;
}

export function groundOf(root: string): string {
  const sheets = GROUND.map((name) => readFileSync(join(root, CORE, "styles", `${name}.css`), "utf8"));
  return sheets.join("\n").replaceAll(VARIABLE, "");
}

/** `virtual:mantine-styles.css` is the ground in a build, and everything on the development server, which bundles Mantine beforehand. */
export function mantineStyles(): Plugin {
  let root = "";
  let isBuild = false;
  return {
    name: "mantine-styles",
    configResolved: (config) => {
      root = config.root;
      isBuild = config.command === "build";
    },
    resolveId: { filter: { id: /^virtual:mantine-styles/ }, handler: () => RESOLVED },
    load: {
      filter: { id: /^\0virtual:mantine-styles/ },
      handler: () => (isBuild ? groundOf(root) : readFileSync(join(root, CORE, "styles.css"), "utf8")),
    },
    transform: {
      filter: { id: CLASSES_OF_CORE },
      handler: (code, id) => {
        const sheet = isBuild ? sheetOf(root, id) : null;
        return sheet === null ? null : { code: `import ${JSON.stringify(sheet)};\n${code}`, map: null };
      },
    },
  };
}
