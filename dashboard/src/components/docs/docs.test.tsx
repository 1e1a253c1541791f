import { readFileSync } from "node:fs";

import { screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { renderAt } from "../../test/render";
import { TOPICS } from "./topics";

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  const headings = readFileSync(`${process.cwd()}/../docs/${page}`, "utf8").matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

test.each(Object.entries(TOPICS))("the page and the heading about %s exist: %s", (_, place) => {
  const [page = "", anchor] = place.split("#");
  const anchors = anchorsOf(page);
  if (anchor !== undefined) expect(anchors).toContain(anchor);
});

test("a page links to its documentation, in a tab of its own", async () => {
  vi.stubEnv("VITE_DOCS_URL", "https://pki.example.com/docs");
  renderAt("/channels");
  const link = await screen.findByRole("link", { name: "Documentation" });
  expect(link).toHaveAttribute("href", "https://pki.example.com/docs/channels.md#setting-up");
  expect(link).toHaveAttribute("target", "_blank");
});

test("a build that does not know where the pages are has no link to them", async () => {
  vi.stubEnv("VITE_DOCS_URL", "");
  renderAt("/channels");
  await screen.findByRole("heading", { level: 1, name: "Channels" });
  expect(screen.queryByRole("link", { name: "Documentation" })).not.toBeInTheDocument();
});
