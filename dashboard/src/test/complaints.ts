import { format } from "node:util";

/** What jsdom cannot do, and how Testing Library waits while a test has a clock of its own. */
const EXPECTED = [/^Not implemented: /, /^The tag <search> is unrecognized/, /not configured to support act\(/];

const complaints: string[] = [];
const print = console.error;

/** Keeps what is written to `console.error`, such as React's warnings of a component. */
export function listenForComplaints(): void {
  console.error = (...words: unknown[]) => {
    const complaint = format(...words);
    if (!EXPECTED.some((pattern) => pattern.test(complaint))) complaints.push(complaint);
    print(...words);
  };
}

export function stopListening(): void {
  console.error = print;
}

/** The complaints since the last call. */
export function takeComplaints(): string[] {
  return complaints.splice(0);
}
