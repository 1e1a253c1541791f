// Read before the clock of the first test starts: the page is loaded lazily.
import "./Sources";

import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";

import type { Schemas } from "../../api/client";
import { expectAccessible } from "../../test/accessibility";
import { record } from "../../test/catalogBuilders";
import { source } from "../../test/inventoryBuilders";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";
import { everyWords } from "./rows";

function scope(fields: Partial<Schemas["ScopeView"]>): Schemas["ScopeView"] {
  const [made] = source().scopes;
  if (made === undefined) throw new Error("The builder makes one scope.");
  return { ...made, ...fields };
}

const rowOf = async (name: string) => within((await screen.findByText(name)).closest("tr") ?? document.body);

test("scopes are listed with their source, places and the age of the last report", async () => {
  const last_seen_at = new Date(Date.now() - 2 * 3_600_000).toISOString();
  const web = scope({ label: "files of web-1", places: 1_204, interval_seconds: 86_400, last_seen_at, complete_at: last_seen_at });
  api.inventory.sources.push(
    source({ kind: "agent", name: "agt-web", scopes: [web] }),
    source({ id: "src-2", name: "Uploads of t-default" }),
  );
  const { container } = renderAt("/sources");
  const row = await rowOf("files of web-1");
  for (const text of ["Agent", "Reporting", "2 hours ago", "1,204"]) expect(row.getByText(text)).toBeVisible();
  expect(row.getByText("agt-web")).toBeVisible();
  expect((await rowOf("web-1")).getByText("On request")).toBeVisible();
  await expectAccessible(container);
});

test("an agent is called by its name, not its id", async () => {
  api.catalog.agents.push(record("agents", { id: "agt-01", name: "web-7.example.com" }));
  api.inventory.sources.push(source({ kind: "agent", name: "agt-01", scopes: [scope({ label: "Endpoints" })] }));
  renderAt("/sources");
  expect(await (await rowOf("Endpoints")).findByText("web-7.example.com")).toBeVisible();
});

test("silent scopes are counted, and say how often they should report", async () => {
  const silent = scope({ label: "files of web-1", interval_seconds: 900, last_seen_at: "2026-11-20T08:00:00Z", is_silent: true });
  api.inventory.sources.push(source({ kind: "agent", name: "agt-web", scopes: [silent] }));
  renderAt("/sources");
  expect(await screen.findByText("1 scope silent: no report came for three intervals.")).toBeVisible();
  const row = await rowOf("files of web-1");
  expect(row.getByText("Silent")).toBeVisible();
  expect(row.getByText("Reports are expected every 15 minutes.")).toBeVisible();
});

test("a scan that fails says why and since when", async () => {
  const failing = scope({ label: "eu-west-1", interval_seconds: 86_400, failure: "AccessDenied", failing_since: "2026-11-20T08:00:00Z" });
  api.inventory.sources.push(source({ kind: "aws", name: "111122223333", scopes: [failing] }));
  renderAt("/sources");
  const row = await rowOf("eu-west-1");
  expect(row.getByText("Failing")).toBeVisible();
  expect(row.getByText(/AccessDenied/)).toBeVisible();
});

test("a source that has not reported yet is listed, and without any the page says what reports", async () => {
  const { unmount } = renderAt("/sources");
  expect(await screen.findByText("No sources yet")).toBeVisible();
  unmount();
  api.inventory.sources.push(source({ kind: "public", name: "public", scopes: [] }));
  renderAt("/sources");
  expect((await rowOf("public")).getByText("No report yet")).toBeVisible();
});

test.each([
  [900, "every 15 minutes"],
  [3_600, "every hour"],
  [21_600, "every 6 hours"],
  [86_400, "every day"],
  [null, "on request"],
])("an interval of %s seconds is %s", (seconds, words) => {
  expect(everyWords(seconds)).toBe(words);
});
