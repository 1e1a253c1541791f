import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

import { mantineStyles } from "./build/mantineStyles.ts";

export default defineConfig({
  plugins: [react(), mantineStyles()],
  test: {
    environment: "jsdom",
    setupFiles: ["src/test/setup.ts"],
    css: { modules: { classNameStrategy: "non-scoped" } },
    restoreMocks: true,
    sequence: { shuffle: true },
    maxWorkers: 2,
    testTimeout: 30_000,
  },
});
