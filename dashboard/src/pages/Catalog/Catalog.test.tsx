// Read before the clock of the first test starts: the pages are loaded lazily.
import "./kinds/Agents";
import "./kinds/Issuers";
import "./kinds/Targets";
import "./kinds/Teams";

import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { certificate, job } from "../../test/builders";
import { CONSENT, record } from "../../test/catalogBuilders";
import { choose } from "../../test/choose";
import { openDialog } from "../../test/openDialog";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";

const payments = (fields = {}) => record("teams", { id: "t-pay", name: "Payments", email: "pay@example.com", ...fields });

test("the pages of the catalog are in groups of the navigation, which open on demand", async () => {
  const { user } = renderAt("/nowhere");
  const group = await screen.findByRole("button", { name: "Access" });
  expect(group).toHaveAttribute("aria-expanded", "false");
  expect(screen.queryByRole("link", { name: "Teams" })).not.toBeInTheDocument();
  await user.click(group);
  await user.click(screen.getByRole("link", { name: "Teams" }));
  expect(await screen.findByRole("heading", { level: 1, name: "Teams" })).toBeVisible();
  expect(group).toHaveAttribute("aria-expanded", "true");
});

test("records are listed, and found by the beginning of their name", async () => {
  api.catalog.teams.push(payments(), record("teams", { id: "t-shop", name: "Shop" }));
  const { user, container } = renderAt("/teams");
  expect(await screen.findByRole("link", { name: "Shop" })).toBeVisible();
  expect(screen.getByText("2 teams")).toBeVisible();
  await expectAccessible(container);
  await user.type(screen.getByRole("textbox", { name: "Name" }), "pay");
  await waitFor(() => expect(screen.queryByRole("link", { name: "Shop" })).not.toBeInTheDocument());
  expect(
    api
      .callsTo("GET", /^\/teams$/)
      .at(-1)
      ?.query.get("name"),
  ).toBe("pay");
});

test("a record is made once, with what was filled in", async () => {
  const { user } = renderAt("/teams");
  await user.click(await screen.findByRole("button", { name: "New team" }));
  const form = await openDialog("New team");
  await user.click(within(form).getByRole("button", { name: "Create team" }));
  expect(await within(form).findByText("Required.")).toBeVisible();
  await user.type(within(form).getByRole("textbox", { name: /^Name/ }), "Shop");
  await user.type(within(form).getByRole("textbox", { name: /^Email/ }), "shop@example.com");
  await expectAccessible(form);
  await user.click(within(form).getByRole("button", { name: "Create team" }));
  expect(await screen.findByRole("link", { name: "Shop" })).toBeInTheDocument();
  const [call] = api.callsTo("POST", /^\/teams$/);
  expect(call?.body).toEqual({ allowed_names: [], digest: "weekly", exempt_days: 90, name: "Shop", email: "shop@example.com" });
  expect(call?.headers.get("Idempotency-Key")).toBeTruthy();
});

test("a change says which version it is of", async () => {
  api.catalog.teams.push(payments({ version: 7 }));
  const { user } = renderAt("/teams?open=t-pay");
  await user.click(await screen.findByRole("button", { name: "Edit" }));
  const form = await openDialog("Edit Payments");
  await user.clear(within(form).getByRole("textbox", { name: /^Email/ }));
  await user.click(within(form).getByRole("button", { name: "Save" }));
  await waitFor(() => expect(screen.queryByRole("dialog", { name: "Edit Payments" })).not.toBeInTheDocument());
  const [call] = api.callsTo("PUT", /^\/teams\/t-pay$/);
  expect(call?.headers.get("If-Match")).toBe('"7"');
  expect(call?.body).toEqual({ allowed_names: ["*:*"], digest: "weekly", exempt_days: 90, name: "Payments", time_zone: "UTC" });
});

test("a concurrent change is reported, and the form can continue with what is stored now", async () => {
  api.catalog.teams.push(payments());
  const { user } = renderAt("/teams?open=t-pay");
  await user.click(await screen.findByRole("button", { name: "Edit" }));
  const form = await openDialog("Edit Payments");
  Object.assign(api.catalog.teams[0] ?? {}, { name: "Payments and billing", version: 2 });
  await user.click(within(form).getByRole("button", { name: "Save" }));
  expect(await within(form).findByText(/version 2 now/)).toBeVisible();
  await user.click(within(form).getByRole("button", { name: "Reload it" }));
  expect(await within(form).findByDisplayValue("Payments and billing")).toBeVisible();
  await user.click(within(form).getByRole("button", { name: "Save" }));
  await waitFor(() =>
    expect(
      api
        .callsTo("PUT", /^\/teams/)
        .at(-1)
        ?.headers.get("If-Match"),
    ).toBe('"2"'),
  );
});

test("a name that is taken is said, and nothing is called overtaken", async () => {
  api.catalog.teams.push(payments(), record("teams", { id: "t-shop", name: "Shop" }));
  const { user } = renderAt("/teams?open=t-pay");
  await user.click(await screen.findByRole("button", { name: "Edit" }));
  const form = await openDialog("Edit Payments");
  const name = within(form).getByRole("textbox", { name: /^Name/ });
  await user.clear(name);
  await user.type(name, "Shop");
  await user.click(within(form).getByRole("button", { name: "Save" }));
  expect(await within(form).findByText(/name Shop already/)).toBeVisible();
  expect(within(form).queryByRole("button", { name: "Reload it" })).not.toBeInTheDocument();
});

test("what is in use is not deleted, and the counts say why", async () => {
  api.catalog.teams.push(payments());
  api.inUse.set("t-pay", "12 certificates, 1 owner");
  const { user } = renderAt("/teams?open=t-pay");
  await user.click(await screen.findByRole("button", { name: "Delete" }));
  const question = await openDialog("Delete Payments?");
  await user.click(within(question).getByRole("button", { name: "Delete team" }));
  expect(await within(question).findByText(/in use by 12 certificates, 1 owner/)).toBeVisible();
  expect(api.catalog.teams).toHaveLength(1);
});

test("who was overtaken on deleting is not told that it is in use, and can delete what is stored now", async () => {
  api.catalog.teams.push(payments());
  const { user } = renderAt("/teams?open=t-pay");
  await user.click(await screen.findByRole("button", { name: "Delete" }));
  const question = await openDialog("Delete Payments?");
  const mutation = within(question).getByRole("button", { name: "Delete team" });
  Object.assign(api.catalog.teams[0] ?? {}, { name: "Payments and billing", version: 2 });
  await user.click(mutation);
  expect(await within(question).findByText(/version 2 now, and it was not deleted/)).toBeVisible();
  expect(within(question).queryByText(/everything that refers to it/)).not.toBeInTheDocument();
  expect(mutation).toBeDisabled();
  await user.click(within(question).getByRole("button", { name: "Reload it" }));
  expect(within(question).getByRole("heading")).toHaveTextContent("Delete Payments and billing?");
  await user.click(mutation);
  await waitFor(() => expect(api.catalog.teams).toEqual([]));
});

test("a record is deleted after a question", async () => {
  api.catalog.teams.push(payments());
  const { user } = renderAt("/teams?open=t-pay");
  await user.click(await screen.findByRole("button", { name: "Delete" }));
  await user.click(within(await openDialog("Delete Payments?")).getByRole("button", { name: "Delete team" }));
  expect(await screen.findByText("No teams yet")).toBeInTheDocument();
  expect(api.callsTo("DELETE", /^\/teams\/t-pay$/)[0]?.headers.get("If-Match")).toBe('"1"');
});

test("records that come with every stack are edited and not deleted", async () => {
  api.catalog.teams.push(record("teams", { id: "t-default", name: "Default" }));
  renderAt("/teams?open=t-default");
  expect(await screen.findByText(/^Built in/)).toBeVisible();
  expect(screen.getByRole("button", { name: "Edit" })).toBeVisible();
  expect(screen.queryByRole("button", { name: "Delete" })).not.toBeInTheDocument();
});

test("who may not write reads", async () => {
  api.actAs("viewer");
  api.catalog.teams.push(payments());
  renderAt("/teams?open=t-pay");
  const drawer = await openDialog("Payments");
  expect(within(drawer).getByText("pay@example.com")).toBeVisible();
  for (const name of ["Edit", "Delete", "New team"]) expect(screen.queryByRole("button", { name })).not.toBeInTheDocument();
});

test("operators change the targets of their teams only", async () => {
  api.actAs("operator");
  api.catalog.targets.push(record("targets", { id: "tgt-theirs", team_id: "t-other" }));
  renderAt("/targets?open=tgt-theirs");
  await openDialog("tgt-theirs");
  expect(screen.queryByRole("button", { name: "Edit" })).not.toBeInTheDocument();
  expect(screen.getByRole("button", { name: "New target", hidden: true })).toBeInTheDocument();
});

test("the fields of a target are those of its type, and what the API says stands at its field", async () => {
  api.catalog.agents.push(record("agents", { id: "agt-1", name: "Web 1" }));
  const { user } = renderAt("/targets");
  await user.click(await screen.findByRole("button", { name: "New target" }));
  const form = await openDialog("New target");
  await user.type(within(form).getByRole("textbox", { name: /^Name/ }), "Load balancer");
  await choose(user, within(form).getByRole("combobox", { name: /^Type/ }), "HAProxy");
  expect(within(form).queryByRole("textbox", { name: /^Private key/ })).not.toBeInTheDocument();
  await choose(user, within(form).getByRole("combobox", { name: /^Agent/ }), "Web 1 (agt-1)");
  await user.type(within(form).getByRole("textbox", { name: /^Certificate/ }), "/etc/haproxy/shop.pem");
  await user.type(within(form).getByRole("combobox", { name: /^Test command/ }), "{Backspace>5/}");
  await user.type(within(form).getByRole("combobox", { name: /^Reload command/ }), "--no-block{Enter}");
  await user.type(within(form).getByRole("textbox", { name: /^Verify at/ }), "localhost:443");
  await user.click(within(form).getByRole("button", { name: "Create target" }));
  await waitFor(() => expect(api.callsTo("POST", /^\/targets$/)).toHaveLength(1));
  expect(api.callsTo("POST", /^\/targets$/)[0]?.body).toEqual({
    name: "Load balancer",
    type: "HAProxy",
    agent_id: "agt-1",
    enabled: true,
    config: {
      certificate_path: "/etc/haproxy/shop.pem",
      test_command: [],
      reload_command: ["systemctl", "reload", "haproxy", "--no-block"],
      verify_address: "localhost:443",
      with_root: false,
    },
  });
});

test("a target tells its settings and certificates, and its test what was found", async () => {
  api.catalog.targets.push(record("targets", { id: "tgt-1" }));
  api.certificates.push(certificate({ name: "shop.example.com", target_ids: ["tgt-1"] }));
  api.checks = { passed: false, checks: [{ name: "agent_online", passed: false, detail: "The last heartbeat was an hour ago." }] };
  const { user } = renderAt("/targets?open=tgt-1");
  const drawer = await openDialog("tgt-1");
  expect(within(drawer).getByText("/etc/ssl/a.pem")).toBeVisible();
  expect(await within(drawer).findByRole("link", { name: "shop.example.com" })).toBeVisible();
  await user.click(within(drawer).getByRole("button", { name: "Test it now" }));
  expect(await within(drawer).findByText(/The last heartbeat was an hour ago/)).toBeVisible();
  await expectAccessible(drawer);
});

test("an issuer tells when its server answered last, and why it did not", async () => {
  const last_contact = { succeeded_at: null, failed_at: "2026-11-24T12:00:00Z", error: "the connection was refused" };
  api.catalog.issuers.push(record("issuers", { id: "iss-acme", type: "ACME", last_contact }));
  renderAt("/issuers?open=iss-acme");
  const drawer = await openDialog("iss-acme");
  expect(within(drawer).getByText("Never")).toBeVisible();
  expect(within(drawer).getByText(/the connection was refused/)).toBeVisible();
});

test("an agent tells its targets, what it has still to do, and when it is expected", async () => {
  api.catalog.agents.push(record("agents", { id: "agt-1", name: "Web 1", next_contact_at: new Date(Date.now() + 210_000).toISOString() }));
  api.catalog.targets.push(
    record("targets", { id: "tgt-1", name: "Shop front", agent_id: "agt-1" }),
    record("targets", { id: "tgt-2", name: "Elsewhere" }),
  );
  api.jobs.push(
    job({ type: "Deployment", status: "Pending", agent_id: "agt-1", target_id: "tgt-1", certificate_name: "shop.example.com" }),
  );
  renderAt("/agents?open=agt-1");
  const drawer = await openDialog("Web 1");
  expect(await within(within(drawer).getByRole("region", { name: "Targets" })).findByRole("link", { name: "Shop front" })).toBeVisible();
  const work = within(drawer).getByRole("region", { name: "Pending work" });
  expect(await within(work).findByRole("link", { name: "Deployment of shop.example.com" })).toBeVisible();
  expect(within(work).getByText("Pending")).toBeVisible();
  expect(within(drawer).queryByText("Elsewhere")).not.toBeInTheDocument();
  expect(within(drawer).getByText("in 3 minutes")).toBeVisible();
  await expectAccessible(drawer);
});

test("an agent shows what its host allows, and is marked where that has no bound or is not known", async () => {
  api.catalog.agents.push(
    record("agents", { id: "agt-1", name: "Web 1", consent: CONSENT }),
    record("agents", { id: "agt-2", name: "Web 2", consent: { ...CONSENT, source: "enrolment", any_command: true, any_directory: true } }),
    record("agents", { id: "agt-3", name: "Web 3", consent: null }),
  );
  renderAt("/agents?open=agt-2");
  const drawer = await openDialog("Web 2");
  const allowed = within(drawer).getByRole("region", { name: "What its host allows" });
  expect(within(allowed).getByText("nginx")).toBeVisible();
  expect(within(drawer).getByText(/no consent file yet/)).toBeVisible();
  expect(within(drawer).getByText("Any directory, command")).toBeVisible();
  expect(within(drawer).getByText("NGINX, Files")).toBeVisible();
  expect(await screen.findByText("Anything")).toBeInTheDocument();
  await expectAccessible(drawer);
});

test("a target that its agent's host does not allow is marked, with what is allowed", async () => {
  const unfit = [{ field: "config.key_path", message: "the agent's host does not allow this directory; it allows /etc/nginx/certs" }];
  api.catalog.agents.push(record("agents", { id: "agt-1", name: "Web 1" }));
  api.catalog.targets.push(record("targets", { id: "tgt-1", name: "Shop front", agent_id: "agt-1", unfit }));
  renderAt("/targets?open=tgt-1");
  const drawer = await openDialog("Shop front");
  expect(within(drawer).getByText("Not allowed")).toBeVisible();
  expect(within(drawer).getByText(/it allows \/etc\/nginx\/certs/)).toBeVisible();
});

test("a new agent's key is shown once", async () => {
  const { user } = renderAt("/agents");
  await user.click(await screen.findByRole("button", { name: "New agent" }));
  const form = await openDialog("New agent");
  await user.type(within(form).getByRole("textbox", { name: /^Name/ }), "Web 1");
  await user.type(within(form).getByRole("textbox", { name: /^Host name/ }), "web-1.example.com");
  await user.click(within(form).getByRole("button", { name: "Create agent" }));
  const shown = await screen.findByRole("dialog", { name: "The agent's key" });
  expect(within(shown).getByDisplayValue(/^certctl_g+$/)).toBeInTheDocument();
  await user.keyboard("{Escape}");
  await user.click(within(shown).getByRole("button", { name: "I have copied it" }));
  await waitFor(() => expect(screen.queryByDisplayValue(/^certctl_g+$/)).not.toBeInTheDocument());
});

test("an agent that targets name is retired with a reason", async () => {
  api.catalog.agents.push(record("agents", { id: "agt-1", name: "Web 1" }));
  api.inUse.set("agt-1", "2 targets");
  const { user } = renderAt("/agents?open=agt-1");
  await user.click(await screen.findByRole("button", { name: "Delete" }));
  const question = await openDialog("Delete Web 1?");
  await user.click(within(question).getByRole("button", { name: "Delete agent" }));
  await user.click(await within(question).findByRole("button", { name: "Remove it from its targets" }));
  await user.type(within(question).getByRole("textbox", { name: /^Reason/ }), "The host is gone");
  await user.click(within(question).getByRole("button", { name: "Delete anyway" }));
  await waitFor(() => expect(api.catalog.agents).toEqual([]));
  expect(
    api
      .callsTo("DELETE", /agents/)
      .at(-1)
      ?.query.get("reason"),
  ).toBe("The host is gone");
});

test("an ACME issuer needs its settings", async () => {
  const { user } = renderAt("/issuers");
  await user.click(await screen.findByRole("button", { name: "New issuer" }));
  const form = await openDialog("New issuer");
  await choose(user, within(form).getByRole("combobox", { name: /^Type/ }), /ACME/);
  await choose(user, within(form).getByRole("combobox", { name: /^Challenge/ }), /dns-01/);
  expect(within(form).getByRole("combobox", { name: /^Hosted zones/ })).toBeVisible();
  await user.click(within(form).getByRole("button", { name: "Create issuer" }));
  expect(await within(form).findAllByText("Required.")).not.toHaveLength(0);
  expect(api.callsTo("POST", /issuers/)).toEqual([]);
});

test("a failure can be tried again", async () => {
  api.failNext("GET", /^\/teams$/, 503, "Busy.", 3);
  api.catalog.teams.push(payments());
  const { user } = renderAt("/teams");
  await user.click(await screen.findByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("link", { name: "Payments" })).toBeVisible();
});
