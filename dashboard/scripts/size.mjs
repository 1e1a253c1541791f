// Fails when what a browser takes before the first page can be seen is over the budget: index.html, the entry's
// script, the overview's, all that they import statically, and their styles, each as gzip -9 would send it.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET = 190 * 1000;
const FIRST_PAGE = "src/pages/Overview/Overview.tsx";
const DIST = new URL("../dist/", import.meta.url);

const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", DIST), "utf8"));

function filesOf(name, seen = new Set()) {
    if (seen.has(name)) return [];
    seen.add(name);
    const chunk = manifest[name];
    const imported = (chunk.imports ?? []).flatMap((other) => filesOf(other, seen));
    return [chunk.file, ...(chunk.css ?? []), ...imported];
}

const compressed = (file) => gzipSync(readFileSync(new URL(file, DIST)), { level: 9 }).length;

function measure(files) {
    return [...new Set(files)].map((file) => ({ file, bytes: compressed(file) })).sort((a, b) => b.bytes - a.bytes);
}

const entry = Object.keys(manifest).find((name) => manifest[name].isEntry);
const first = measure(["index.html", "color-scheme.js", ...filesOf(entry), ...filesOf(FIRST_PAGE)]);
const total = first.reduce((sum, { bytes }) => sum + bytes, 0);
const lazy = measure(Object.values(manifest).map((chunk) => chunk.file)).filter(
    ({ file }) => !first.some((loaded) => loaded.file === file),
);

const line = ({ file, bytes }) => `${(bytes / 1000).toFixed(1).padStart(8)} kB  ${file}`;
console.log(["First load (gzip):", ...first.map(line), "Later, when a page asks for it:", ...lazy.map(line)].join("\n"));
console.log(`First load ${(total / 1000).toFixed(1)} kB of ${BUDGET / 1000} kB`);
process.exitCode = total > BUDGET ? 1 : 0;
