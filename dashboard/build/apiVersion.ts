import { readFileSync } from "node:fs";

const { info } = JSON.parse(readFileSync(new URL("../../docs/openapi.json", import.meta.url), "utf8")) as { info: { version: string } };

/** The version of the API document is a constant of the build: the document itself has 541 kB. */
export const apiVersion = { __API_VERSION__: JSON.stringify(info.version) };
