// Read before the clock of the first test starts: the page is loaded lazily.
import "./CertificateDetail";

import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { certificate } from "../../test/builders";
import { campaignOfCertificate } from "../../test/campaignBuilders";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";

function givenCampaigns(...campaigns: ReturnType<typeof campaignOfCertificate>[]) {
  const made = certificate();
  api.certificates = [made];
  api.campaignsOf.set(made.id, campaigns);
  return made;
}

test.each(["admin", "operator", "viewer"] as const)(
  "as %s, a certificate of a campaign says by when and why it is replaced",
  async (role) => {
    api.actAs(role);
    const { id } = givenCampaigns(campaignOfCertificate());
    const { container } = renderAt(`/certificates/${id}`);
    const banner = await screen.findByRole("alert", { name: /^Replace by .+: key compromise, then revoked$/ });
    expect(banner).toHaveTextContent("It needs a CSR with a new key, from its agent or its owner.");
    expect(banner).toHaveTextContent("1 old version is revoked once the replacement is verified, and at the deadline in any case.");
    const links = within(banner).queryAllByRole("link", { name: "View the campaign" });
    expect(links.map((link) => link.getAttribute("href"))).toEqual(role === "admin" ? ["/campaigns/cmp-1"] : []);
    await expectAccessible(container);
  },
);

test("a campaign that is paused says that it waits", async () => {
  const paused = campaignOfCertificate({ state: "paused", on_deadline: "alert", reason: "superseded", item_state: "deployed" });
  const { id } = givenCampaigns(paused);
  renderAt(`/certificates/${id}`);
  const banner = await screen.findByRole("status", { name: /^Replace by .+: superseded$/ });
  expect(banner).toHaveTextContent("The campaign is paused: nothing is done until it is resumed.");
});

test("a certificate whose old versions are revoked says nothing of the campaign", async () => {
  const { id } = givenCampaigns(campaignOfCertificate({ item_state: "revoked" }));
  renderAt(`/certificates/${id}`);
  expect(await screen.findByRole("heading", { level: 1 })).toBeVisible();
  expect(screen.queryByText(/^Replace by/)).not.toBeInTheDocument();
});
