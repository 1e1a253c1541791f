/** Pages and dialogs are loaded when they are opened. Tests load them before: on a busy machine, the first test to open one would
 *  wait for its code longer than for anything else. */
const modules = import.meta.glob(["../{app,components,pages}/**/*.tsx", "!../**/*.test.tsx"]);
await Promise.all(Object.values(modules).map((load) => load()));
