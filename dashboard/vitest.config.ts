import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

import { apiVersion } from "./build/apiVersion.ts";
import { mantineStyles } from "./build/mantineStyles.ts";

const TESTS = "{src,build}/**/*.test.{ts,tsx}";
/** They put something in the place of one of our modules, which needs a module graph of their own. */
const REPLACING_MODULES = ["src/pages/Notifications/requeueCall.test.tsx"];

export default defineConfig({
  define: apiVersion,
  plugins: [react(), mantineStyles()],
  test: {
    environment: "jsdom",
    setupFiles: ["src/test/setup.ts"],
    css: { modules: { classNameStrategy: "non-scoped" } },
    restoreMocks: true,
    unstubEnvs: true,
    sequence: { shuffle: true },
    maxWorkers: 2,
    // On a busy machine a page takes seconds to render in jsdom.
    testTimeout: 60_000,
    projects: [
      // One module graph for all files: Mantine is read once and not forty times. What is kept between tests (keys, the
      // fake API, notices) is reset by src/test/setup.ts.
      {
        extends: true,
        test: {
          name: "shared",
          include: [TESTS],
          exclude: REPLACING_MODULES,
          isolate: false,
          setupFiles: ["src/test/loadedCode.ts"],
        },
      },
      { extends: true, test: { name: "isolated", include: REPLACING_MODULES, isolate: true } },
    ],
  },
});
