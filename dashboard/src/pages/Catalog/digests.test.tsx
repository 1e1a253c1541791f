// Read before the clock of the first test starts: the page is loaded lazily.
import "./kinds/Owners";

import { within } from "@testing-library/react";
import { expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { record } from "../../test/catalogBuilders";
import { openDialog } from "../../test/openDialog";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";

const LARS = { id: "o-lars", name: "Lars", email: "lars@example.com" };
const EXPIRING = {
  list: "expiring" as const,
  count: 21,
  complete: true,
  rows: [
    { id: "mc-1", name: "shop.example.com", at: "2026-12-03T08:00:00Z", note: "its renewal failed", owner_id: null, team_id: "t-pay" },
  ],
  href: "/certificates?owner_id=o-lars&renewal=manual",
  command: "certctl certs list --owner o-lars --renewal manual",
};

async function previewed() {
  const { user } = renderAt("/owners?open=o-lars");
  const dialog = await openDialog("Lars");
  const part = within(dialog).getByRole("region", { name: "Weekly digest" });
  await user.click(within(part).getByRole("button", { name: "Preview" }));
  return { dialog, part };
}

test("an owner's digest is read when somebody asks for it, with its numbers and where it would go", async () => {
  api.catalog.owners.push(record("owners", LARS));
  api.digest = { ...api.digest, sections: [EXPIRING], destinations: [{ channel_id: "mail", kind: "Email", recipient: LARS.email }] };
  const { dialog, part } = await previewed();
  expect(await within(part).findByRole("link", { name: "21 to renew by hand" })).toHaveAttribute("href", EXPIRING.href);
  expect(within(part).getByText("shop.example.com, its renewal failed")).toBeVisible();
  expect(within(part).getByText("It would go to lars@example.com by mail.")).toBeVisible();
  expect(api.callsTo("GET", /digest-preview/)[0]?.query.get("owner_id")).toBe("o-lars");
  await expectAccessible(dialog);
});

test("with nothing to do nothing would be sent", async () => {
  api.catalog.owners.push(record("owners", LARS));
  const { part } = await previewed();
  expect(await within(part).findByText("There is nothing to do now: nothing would be sent.")).toBeVisible();
});

test("the digest is turned off, and its time zone chosen, in the form", async () => {
  api.catalog.owners.push(record("owners", { ...LARS, time_zone: "Europe/Berlin" }));
  const { user } = renderAt("/owners?open=o-lars");
  const dialog = await openDialog("Lars");
  expect(within(dialog).getByText("Mondays at 08:00, Europe/Berlin")).toBeVisible();
  await user.click(within(dialog).getByRole("button", { name: "Edit" }));
  const form = await openDialog("Edit Lars");
  const zone = within(form).getByLabelText("Time zone");
  await user.clear(zone);
  await user.type(zone, "Asia/Tokyo");
  await user.click(within(form).getByRole("button", { name: "Save" }));
  expect(await openDialog("Lars")).toBeVisible();
  expect(api.callsTo("PUT", /owners/)[0]?.body).toMatchObject({ digest: "weekly", time_zone: "Asia/Tokyo" });
});
