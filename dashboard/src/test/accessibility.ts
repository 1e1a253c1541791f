import { run } from "axe-core";
import { expect } from "vitest";

/** Everything that axe can judge without a layout: colours and sizes are judged by the journeys in Chromium. */
export async function expectAccessible(container: Element): Promise<void> {
  const { violations } = await run(container, { rules: { "color-contrast": { enabled: false } } });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`)).toEqual([]);
}
