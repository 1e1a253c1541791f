import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

import { apiVersion } from "./build/apiVersion.ts";
import { docsUrl } from "./build/docsUrl.ts";
import { mantineStyles } from "./build/mantineStyles.ts";

const API = process.env.CERTCTL_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  define: { ...apiVersion, ...docsUrl },
  plugins: [react(), mantineStyles()],
  server: {
    port: 5173,
    proxy: Object.fromEntries(["/api", "/.well-known", "/health", "/ready"].map((path) => [path, { target: API, changeOrigin: true }])),
  },
  build: {
    target: "es2022",
    // scripts/size.mjs reads from it what the first load takes.
    manifest: true,
    // A data: URL would need an exception in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
