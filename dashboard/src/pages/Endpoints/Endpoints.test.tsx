// Read before the clock of the first test starts: the page is loaded lazily.
import "./Endpoints";

import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { certificate } from "../../test/builders";
import { choose } from "../../test/choose";
import { endpoint, endpointChange, endpointFinding, endpointIncident, FINGERPRINT } from "../../test/inventoryBuilders";
import { openDialog } from "../../test/openDialog";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";
import { bodyOfEndpoint, NEW_ENDPOINT, problemsOf } from "./draft";
import { changeWords, placeOf } from "./words";

test("endpoints are listed with their findings, and the filters go to the API", async () => {
  const stale = endpoint({
    findings: [endpointFinding(), endpointFinding({ certificate_id: "mc-2" })],
    changed_at: "2026-11-20T08:00:00Z",
  });
  api.inventory.endpoints.push(stale, endpoint({ id: "ep-2", host: "www.example.com" }));
  const { container } = renderAt("/endpoints?finding=stale&team=t-default");
  expect(await screen.findByRole("link", { name: "shop.example.com:443" })).toBeVisible();
  expect(within(screen.getByRole("table")).getAllByText("Stale")).toHaveLength(1);
  expect(screen.queryByText("www.example.com:443")).not.toBeInTheDocument();
  expect(Object.fromEntries(api.callsTo("GET", /^\/endpoints$/)[0]?.query ?? [])).toMatchObject({ finding: "stale", team: "t-default" });
  await expectAccessible(container);
});

test("an endpoint is created from its form", async () => {
  const { user } = renderAt("/endpoints?new=1");
  const form = await openDialog("New endpoint");
  await expectAccessible(form);
  await user.click(within(form).getByRole("button", { name: "Create endpoint" }));
  expect(within(form).getByText("Enter a host name or an address.")).toBeVisible();
  await user.type(within(form).getByRole("textbox", { name: "Host" }), "mail.example.com");
  await choose(user, within(form).getByRole("combobox", { name: "STARTTLS" }), "SMTP");
  await user.click(within(form).getByRole("button", { name: "Create endpoint" }));
  expect(await screen.findByText("mail.example.com:443")).toBeInTheDocument();
  expect(api.callsTo("POST", /^\/endpoints$/)[0]?.body).toMatchObject({ host: "mail.example.com", starttls: "smtp", prober: "public" });
});

test("the drawer has the findings, what each address shows, and the history", async () => {
  const showing = { address: "192.0.2.1", fingerprints: [FINGERPRINT], version: "TLSv1.3", findings: ["stale"], notes: [], error: null };
  api.inventory.endpoints.push(endpoint({ findings: [endpointFinding()], showing: [showing], certificate_ids: ["mc-1"] }));
  api.inventory.history.push(endpointChange(), endpointChange({ change: "served", finding: null }));
  renderAt("/endpoints?open=ep-1");
  const drawer = await openDialog("shop.example.com:443");
  expect(within(drawer).getByText(/it was renewed, and not reloaded/)).toBeVisible();
  expect(within(drawer).getByText("192.0.2.1 · TLSv1.3")).toBeVisible();
  expect(await within(drawer).findByText("Stale: raised")).toBeVisible();
  expect(within(drawer).getByText("Other certificates are served")).toBeVisible();
  expect(within(drawer).getByRole("link", { name: "Alerts about endpoints" })).toHaveAttribute(
    "href",
    "/notifications?type=EndpointProblem",
  );
  await expectAccessible(drawer);
});

test("the drawer has the incidents, with the endpoints that share them", async () => {
  api.inventory.endpoints.push(endpoint());
  const named = [
    { endpoint_id: "ep-1", name: "shop.example.com:443", severity: "warning" as const },
    { endpoint_id: "ep-2", name: "www.example.com:443", severity: "warning" as const },
  ];
  api.inventory.incidents.push(
    endpointIncident({ endpoints: 3, named }),
    endpointIncident({ finding: "weak", closed_at: "2026-11-21T08:00:00Z", endpoints: 0, named: [], has_alert: false }),
  );
  renderAt("/endpoints?open=ep-1");
  const drawer = await openDialog("shop.example.com:443");
  const incidents = await within(drawer).findByRole("region", { name: "Incidents" });
  expect(await within(incidents).findByText("Stale: open")).toBeVisible();
  expect(within(incidents).getByRole("link", { name: "www.example.com:443" })).toHaveAttribute("href", "/endpoints?open=ep-2");
  expect(within(incidents).getByText(/and 1 endpoint that is not listed$/)).toBeVisible();
  expect(within(incidents).getByText("Weak: over")).toBeVisible();
  expect(within(incidents).getByText(/no alert$/)).toBeVisible();
  await expectAccessible(drawer);
});

test("the endpoint of a target names it, its host and its last deployment", async () => {
  const deployed_at = "2026-11-20T08:00:00Z";
  api.inventory.endpoints.push(
    endpoint({ id: "ep-1", target_id: "tgt-1", agent_host: "web-1.example.com", deployed_at }),
    endpoint({ id: "ep-2", host: "www.example.com" }),
  );
  const { unmount } = renderAt("/endpoints?open=ep-1");
  const drawer = await openDialog("shop.example.com:443");
  expect(within(drawer).getByRole("link", { name: "tgt-1" })).toHaveAttribute("href", "/targets?open=tgt-1");
  expect(within(drawer).getByText("web-1.example.com")).toBeVisible();
  expect(within(drawer).getByText("Last deployment")).toBeVisible();
  unmount();
  renderAt("/endpoints?open=ep-2");
  expect(within(await openDialog("www.example.com:443")).queryByText("Target")).not.toBeInTheDocument();
});

test("an endpoint is attached to what it should serve", async () => {
  api.certificates.push(certificate({ id: "mc-1", name: "Shop" }));
  api.inventory.endpoints.push(endpoint());
  const { user } = renderAt("/endpoints?open=ep-1");
  await user.click(await screen.findByRole("button", { name: "Attach to a certificate" }));
  const form = await openDialog("What shop.example.com:443 should serve");
  await user.type(within(form).getByRole("combobox", { name: "Certificate" }), "Shop");
  await user.click(await screen.findByRole("option", { name: /^Shop/, hidden: true }));
  await choose(user, within(form).getByRole("combobox", { name: "Expected" }), "The newest version of its certificates");
  await user.click(within(form).getByRole("button", { name: "Save" }));
  await waitFor(() => expect(api.inventory.endpoints[0]).toMatchObject({ certificate_ids: ["mc-1"], expected: "version" }));
});

test("an endpoint is removed after a question", async () => {
  api.inventory.endpoints.push(endpoint());
  const { user } = renderAt("/endpoints?open=ep-1");
  await user.click(await screen.findByRole("button", { name: "Remove" }));
  const question = await openDialog("Remove this endpoint?");
  await user.click(within(question).getByRole("button", { name: "Remove endpoint" }));
  expect(await screen.findByText("No endpoints yet")).toBeInTheDocument();
});

test("a viewer reads endpoints and changes none", async () => {
  api.actAs("viewer");
  api.inventory.endpoints.push(endpoint());
  renderAt("/endpoints?open=ep-1");
  await openDialog("shop.example.com:443");
  for (const name of ["New endpoint", "Attach to a certificate", "Remove"]) {
    expect(screen.queryByRole("button", { name, hidden: true })).not.toBeInTheDocument();
  }
});

test("the page of a certificate shows what its endpoints serve", async () => {
  api.certificates.push(certificate({ id: "mc-1", name: "Shop" }));
  api.inventory.endpoints.push(endpoint({ certificate_ids: ["mc-1"], findings: [endpointFinding()] }));
  renderAt("/certificates/mc-1");
  const card = await screen.findByRole("region", { name: "Served" });
  expect(within(card).getByRole("link", { name: "shop.example.com:443" })).toHaveAttribute("href", "/endpoints?open=ep-1");
  expect(within(card).getByText("Stale")).toBeVisible();
});

test("a draft becomes the body that the API takes", () => {
  const body = bodyOfEndpoint({ ...NEW_ENDPOINT, host: " a.example ", first: "mc-1", second: "mc-1", agentId: "agt-1", issuer: "CN=x" });
  expect(body).toMatchObject({
    host: "a.example",
    port: 443,
    certificate_ids: ["mc-1"],
    prober: "agt-1",
    expected: null,
    expected_issuer: "",
  });
});

test.each(["0", "65536", "x", "1.5"])("%s is no port", (port) => {
  expect(problemsOf({ ...NEW_ENDPOINT, host: "a", port })).toHaveProperty("port");
});

test("an address of IPv6 is in brackets, and a change is said in words", () => {
  expect(placeOf({ host: "2001:db8::1", port: 443 })).toBe("[2001:db8::1]:443");
  expect(changeWords({ change: "worsened", finding: "old_protocol" })).toBe("Old protocol: now critical");
});
