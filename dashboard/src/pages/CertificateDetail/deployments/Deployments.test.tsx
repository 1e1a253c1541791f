// Read before the clock of the first test starts: the page is loaded lazily.
import "../CertificateDetail";

import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import { expectAccessible } from "../../../test/accessibility";
import { certificate, deployment, job } from "../../../test/builders";
import { record } from "../../../test/catalogBuilders";
import { openDialog } from "../../../test/openDialog";
import { renderAt } from "../../../test/render";
import { api } from "../../../test/server";

beforeEach(() => {
  api.catalog.agents.push(record("agents", { id: "agt-1", name: "web-1", next_contact_at: new Date(Date.now() + 210_000).toISOString() }));
  api.catalog.targets.push(record("targets", { id: "tgt-1", name: "Shop front", agent_id: "agt-1" }));
  api.catalog.targets.push(record("targets", { id: "tgt-2", name: "Old front", agent_id: "agt-1", enabled: false }));
});

const shop = (fields = {}) => certificate({ id: "shop", target_ids: ["tgt-1", "tgt-2"], ...fields });
const card = () => screen.findByRole("region", { name: "Deployments" });

/** The page of `shop`; its targets are read. */
async function opened() {
  const page = renderAt("/certificates/shop");
  const region = await card();
  await within(region).findByRole("link", { name: "Shop front" });
  return { ...page, region };
}

test("each target tells its agent and how its newest deployment went", async () => {
  api.certificates.push(shop({ last_deployment_at: "2026-11-20T08:00:00Z" }));
  api.deployments.push(
    deployment({ status: "Failed", attempts: 3, last_error: "nginx -t ended with 1 (rolled back)" }),
    deployment({ serial_number: "ff:ee" }),
  );
  const { region, container } = await opened();
  const [target] = within(within(region).getByRole("list", { name: "Targets" })).getAllByRole("listitem");
  if (target === undefined) throw new Error("There is no target.");
  for (const text of ["NGINX", "Failed", "Rolled back", "nginx -t ended with 1"]) expect(within(target).getByText(text)).toBeVisible();
  expect(await within(target).findByText("Online")).toBeVisible();
  expect(within(target).getByText(/^expected/)).toHaveTextContent("expected in 3 minutes");
  expect(within(target).getByText(/the current version/)).toBeVisible();
  expect(within(target).queryByText("Completed")).not.toBeInTheDocument();
  expect(within(region).getByText("It is disabled.")).toBeVisible();
  await expectAccessible(container);
});

test("the history goes back by cursor", async () => {
  api.certificates.push(shop());
  api.deployments.push(...Array.from({ length: 60 }, () => deployment({ serial_number: "ff:ee" })));
  const { region, user } = await opened();
  await user.click(await within(region).findByRole("button", { name: "Show history" }));
  const history = within(region).getByRole("list", { name: "History of deployments" });
  expect(within(history).getAllByRole("listitem")).toHaveLength(50);
  await user.click(within(region).getByRole("button", { name: "Older deployments" }));
  await waitFor(() => expect(within(history).getAllByRole("listitem")).toHaveLength(60));
});

test("it is deployed to what was chosen, after a question that says what happens", async () => {
  api.certificates.push(shop({ target_ids: ["tgt-1", "tgt-2", "tgt-3"] }));
  api.catalog.targets.push(record("targets", { id: "tgt-3", name: "Second front", agent_id: "agt-1" }));
  const { region, user } = await opened();
  await within(region).findByRole("link", { name: "Second front" });
  await user.click(within(region).getByRole("button", { name: "Deploy" }));
  const question = await openDialog("Deploy shop.example.com");
  expect(within(question).getByText(/restores what was/)).toBeVisible();
  expect(within(question).getByRole("checkbox", { name: "Old front" })).toBeDisabled();
  await user.click(within(question).getByRole("checkbox", { name: "Second front" }));
  await expectAccessible(question);
  await user.click(within(question).getByRole("button", { name: "Deploy" }));
  const [newest] = await within(region).findAllByText("Pending"); // the next one is of the history, which is folded
  expect(newest).toBeVisible();
  expect(api.callsTo("POST", /deploy$/)[0]?.body).toEqual({ target_ids: ["tgt-1"] });
  expect(api.callsTo("POST", /deploy$/)[0]?.headers.get("Idempotency-Key")).toBeTruthy();
});

test("targets of several agents are not deployed to at once", async () => {
  api.certificates.push(shop({ target_ids: ["tgt-1", "tgt-3"] }));
  api.catalog.targets.push(record("targets", { id: "tgt-3", name: "Elsewhere", agent_id: "agt-2" }));
  const { region, user } = await opened();
  await within(region).findByRole("link", { name: "Elsewhere" });
  await user.click(within(region).getByRole("button", { name: "Deploy" }));
  const question = await openDialog("Deploy shop.example.com");
  expect(within(question).getByText(/different agents/)).toBeVisible();
  expect(within(question).getByRole("button", { name: "Deploy to 2 targets" })).toBeDisabled();
});

test("an agent that is away is shown before anybody waits for it", async () => {
  api.certificates.push(shop());
  Object.assign(api.catalog.agents[0] ?? {}, { status: "Offline" });
  const { region, user } = await opened();
  expect(await within(region).findByText("Offline")).toBeVisible();
  await user.click(within(region).getByRole("button", { name: "Deploy" }));
  expect(within(await openDialog("Deploy shop.example.com")).getByText(/web-1 is offline: the deployment starts when/)).toBeVisible();
});

test("a refusal stays in the question", async () => {
  api.certificates.push(shop());
  const { region, user } = await opened();
  api.failNext("POST", /deploy$/, 409, "This certificate has no version to deploy.");
  await user.click(within(region).getByRole("button", { name: "Deploy" }));
  const question = await openDialog("Deploy shop.example.com");
  await user.click(within(question).getByRole("button", { name: "Deploy" }));
  expect(await within(question).findByText("This certificate has no version to deploy.")).toBeVisible();
});

test("where nothing can be deployed the button says why", async () => {
  api.certificates.push(shop({ status: "OnHold" }));
  const { region } = await opened();
  const button = within(region).getByRole("button", { name: "Deploy" });
  expect(button).toBeDisabled();
  expect(button).toHaveAccessibleDescription("It is on hold: the hold must end first.");
});

test("viewers see deployments and start none", async () => {
  api.actAs("viewer");
  api.certificates.push(shop());
  api.deployments.push(deployment());
  const { region } = await opened();
  const targets = within(region).getByRole("list", { name: "Targets" });
  expect(await within(targets).findByText("Completed")).toBeVisible();
  expect(within(region).queryByRole("button", { name: "Deploy" })).not.toBeInTheDocument();
});

test("deployments that cannot be read can be read again", async () => {
  api.certificates.push(shop());
  api.failNext("GET", /deployments$/, 503, "Busy.", 3);
  const { user } = renderAt("/certificates/shop");
  await user.click(await within(await card()).findByRole("button", { name: "Try again" }));
  expect(await within(await card()).findByRole("link", { name: "Shop front" })).toBeVisible();
});

test("a request that an agent makes is asked of nobody else", async () => {
  api.certificates.push(shop({ open_job_id: "job-1" }));
  api.jobs.push(job({ id: "job-1", status: "AwaitingCSR", agent_id: "agt-1", certificate_id: "shop", completed_at: null }));
  renderAt("/certificates/shop");
  expect(await screen.findByText(/generates the key and submits the CSR/)).toBeVisible();
  expect(screen.queryByRole("button", { name: "Submit a CSR" })).not.toBeInTheDocument();
});
