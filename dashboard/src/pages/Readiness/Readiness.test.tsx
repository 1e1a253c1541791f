// Read before the clock of the first test starts: the page is loaded lazily.
import "./Readiness";

import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { daysFromNow } from "../../test/builders";
import { observed } from "../../test/inventoryBuilders";
import { renderAt } from "../../test/render";
import { inventorySummary, readiness, traitRow } from "../../test/reportBuilders";
import { api } from "../../test/server";

const traits = async () => within(await screen.findByRole("table", { name: "traits" }));

test("each number leads to the list of exactly what it counts", async () => {
  api.inventory.readiness = readiness();
  const { container } = renderAt("/readiness?team=t-default");
  const table = await traits();
  const linked = (name: string) => table.getByRole("link", { name }).getAttribute("href");
  expect(linked("1,203: Signed with SHA-1")).toBe("/inventory?trait=sha1&team=t-default");
  expect(linked("1,000: Signed with SHA-1, nobody known")).toBe("/inventory?trait=sha1&renewer=nobody&team=t-default");
  expect(linked("Check programs: Signed with SHA-1")).toBe("/inventory?trait=sha1&renewer=program&team=t-default");
  expect(table.queryByRole("link", { name: /: Expired/ })).not.toBeInTheDocument();
  expect(api.callsTo("GET", /readiness$/)[0]?.query.get("team")).toBe("t-default");
  await expectAccessible(container);
});

test("the age of the count is said, and renewals a year by each limit", async () => {
  api.inventory.readiness = readiness({ computed_at: daysFromNow(-4) });
  renderAt("/readiness");
  expect(await screen.findByText(/^2,000 certificates in use, counted/)).toHaveTextContent("4 days ago");
  const renewals = within(screen.getByRole("table", { name: "renewals a year" }));
  const row = renewals.getByRole("row", { name: /^47 days, from Mar 15, 2029/ });
  expect(
    within(row)
      .getAllByRole("cell")
      .map(({ textContent }) => textContent),
  ).toEqual(["47 days, from Mar 15, 2029", "18,000", "3,000", "12,000", "3,000"]);
});

test("a campaign begins with the certificates of this stack that have the trait", async () => {
  api.inventory.readiness = readiness();
  api.inventory.observed.push(
    observed({ certificate_id: "mc-1", status: "Managed" }),
    observed({ fingerprint: "a".repeat(64), certificate_id: "mc-2" }),
  );
  const { user } = renderAt("/readiness");
  await user.click((await traits()).getByRole("button", { name: "Start a campaign: Signed with SHA-1" }));
  await waitFor(() => expect(window.location.pathname).toBe("/campaigns/new"));
  expect(new URLSearchParams(window.location.search).getAll("certificate")).toEqual(["mc-1", "mc-2"]);
  const read = api.callsTo("GET", /^\/inventory\/certificates$/).at(-1)?.query;
  expect([read?.get("trait"), read?.get("renewer")]).toEqual(["sha1", "managed"]);
});

test("there is nothing to do about what nobody has", async () => {
  api.inventory.readiness = readiness({ rows: [traitRow({ trait: "sha1", acts: ["campaign", "check_program", "request"] })] });
  renderAt("/readiness");
  const table = await traits();
  expect(table.queryByRole("button")).not.toBeInTheDocument();
  expect(table.queryByRole("link")).not.toBeInTheDocument();
});

test("the report is downloaded with traits and renewals", async () => {
  api.inventory.readiness = readiness();
  const saved = vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:readiness");
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
  const { user } = renderAt("/readiness");
  await user.click(await screen.findByRole("button", { name: "Download CSV" }));
  await waitFor(() => expect(saved).toHaveBeenCalled());
  expect(await (saved.mock.calls[0]?.[0] as Blob).text()).toBe(
    [
      "row,count,managed,program,nobody",
      "expired,0,0,0,0",
      "sha1,1203,3,200,1000",
      "renewals_today,6000,1000,4000,1000",
      "renewals_47_days,18000,3000,12000,3000",
      "",
    ].join("\r\n"),
  );
});

test("before the first count the page says when it is counted", async () => {
  api.inventory.readiness = readiness({ computed_at: null });
  renderAt("/readiness");
  expect(await screen.findByText("Not counted yet")).toBeVisible();
  expect(screen.queryByRole("table")).not.toBeInTheDocument();
});

test("with nothing in use the page leads to the import, and shows no rows of zeros", async () => {
  api.inventory.readiness = readiness({ in_use: 0 });
  renderAt("/readiness");
  expect(await screen.findByText("No certificates in use")).toBeVisible();
  expect(screen.getByRole("link", { name: "Import certificates" })).toHaveAttribute("href", "/inventory/import");
  expect(screen.queryByRole("table")).not.toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Download CSV" })).not.toBeInTheDocument();
});

test("nights before are a trend, and CAs above certificates that live on are listed", async () => {
  api.inventory.summary = inventorySummary({
    trend: [
      { day: "2026-11-19", certificates: 10, in_use: 9, unmanaged: 8, expires_in_30_days: 1 },
      { day: "2026-11-20", certificates: 10, in_use: 9, unmanaged: 5, expires_in_30_days: 1 },
    ],
  });
  const ca = { fingerprint: "c".repeat(64), subject: "CN=Old CA", not_after: daysFromNow(20), leaves: 12 };
  api.inventory.readiness = readiness({ expiring_cas: [ca] });
  renderAt("/readiness");
  expect(await screen.findByText("8 unmanaged certificates on 2026-11-19, 5 on 2026-11-20.")).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "CN=Old CA" })).toHaveAttribute("href", `/inventory/${ca.fingerprint}`);
});
