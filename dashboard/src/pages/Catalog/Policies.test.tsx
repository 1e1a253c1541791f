// Read before the clock of the first test starts: the page is loaded lazily.
import "./kinds/Policies";

import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { violation } from "../../test/builders";
import { record } from "../../test/catalogBuilders";
import { choose } from "../../test/choose";
import { openDialog } from "../../test/openDialog";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";

const domains = () => record("policies", { id: "pol-1", name: "Our domains" });

test("each type has a form of its own, which says what the rule asks", async () => {
  const { user } = renderAt("/policies");
  await user.click(await screen.findByRole("button", { name: "New policy" }));
  const form = await openDialog("New policy");
  await user.type(within(form).getByRole("textbox", { name: /^Name/ }), "Short lives");
  await choose(user, within(form).getByRole("combobox", { name: /^Rule/ }), "Certificate lifetime");
  expect(within(form).getByText("Certificates must not be valid for longer.")).toBeVisible();
  await user.type(within(form).getByRole("textbox", { name: /^Valid for/ }), "47");
  await user.click(within(form).getByRole("button", { name: "Create policy" }));
  await waitFor(() => expect(api.callsTo("POST", /policies$/)).toHaveLength(1));
  expect(api.callsTo("POST", /policies$/)[0]?.body).toEqual({
    name: "Short lives",
    type: "CertificateLifetime",
    severity: "Warning",
    enabled: true,
    config: { max_days: 47 },
  });
});

async function saved(user: ReturnType<typeof renderAt>["user"], form: HTMLElement) {
  await user.click(within(form).getByRole("button", { name: /^(Create policy|Save)/ }));
}

test("a new policy for domains refuses names in no domain unless it is told to allow them", async () => {
  const { user } = renderAt("/policies");
  await user.click(await screen.findByRole("button", { name: "New policy" }));
  const form = await openDialog("New policy");
  await user.type(within(form).getByRole("textbox", { name: /^Name/ }), "Ours");
  await choose(user, within(form).getByRole("combobox", { name: /^Rule/ }), "Allowed domains");
  await user.type(within(form).getByRole("combobox", { name: /^Domains/ }), "*.example.com{Enter}");
  await user.click(within(form).getByRole("switch", { name: /^Allow IP addresses/ }));
  await saved(user, form);
  await waitFor(() => expect(api.callsTo("POST", /policies$/)).toHaveLength(1));
  expect(api.callsTo("POST", /policies$/)[0]?.body).toMatchObject({
    config: { domains: ["*.example.com"], allow_ip: true, allow_uri_without_host: false },
  });
});

test("a policy that says nothing of names in no domain goes on allowing them when it is edited", async () => {
  api.catalog.policies.push(domains());
  const { user } = renderAt("/policies?open=pol-1");
  const drawer = await openDialog("Our domains");
  await user.click(within(drawer).getByRole("button", { name: "Edit" }));
  const form = await openDialog("Edit Our domains");
  expect(within(form).getByRole("switch", { name: /^Allow IP addresses/ })).toBeChecked();
  await saved(user, form);
  await waitFor(() => expect(api.callsTo("PUT", /policies/)).toHaveLength(1));
  expect(api.callsTo("PUT", /policies/)[0]?.body).toMatchObject({ config: { allow_ip: true, allow_uri_without_host: true } });
});

test("a policy's drawer lists what broke it, with the certificate", async () => {
  api.catalog.policies.push(domains());
  api.violations.push(violation({ occurrences: 4 }), violation({ policy_id: "pol-2", common_name: "other" }));
  renderAt("/policies?open=pol-1");
  const drawer = await openDialog("Our domains");
  expect(await within(drawer).findByRole("link", { name: "crt-0001.example.com" })).toHaveAttribute("href", "/certificates/crt-0001");
  expect(within(drawer).getByText(/4 times/)).toBeVisible();
  expect(within(drawer).queryByText("other")).not.toBeInTheDocument();
  await expectAccessible(drawer);
});

test("all violations are one list; what was refused never became a certificate", async () => {
  api.catalog.policies.push(domains());
  api.violations.push(
    violation({ severity: "Critical", refused: true, state: "refused", certificate_id: null, common_name: "evil.example.net" }),
  );
  const { user, container } = renderAt("/policies");
  await user.click(await screen.findByRole("tab", { name: "Violations" }));
  expect(await screen.findByText("evil.example.net")).toBeVisible();
  expect(screen.queryByRole("link", { name: "evil.example.net" })).not.toBeInTheDocument();
  expect(screen.getByText("Refused")).toBeVisible();
  expect(screen.getByText("Critical")).toBeVisible();
  await expectAccessible(container);
});

const EVALUATION = {
  job_id: "job-1",
  state: "completed",
  policy_version: 1,
  evaluated: 12_000,
  total: 12_000,
  failed: 0,
  violations: 1,
  begun: 1,
  ended: 0,
  started_at: "2026-11-20T12:00:00Z",
  completed_at: "2026-11-20T12:02:00Z",
} as const;

test("a policy shows how far its evaluation is", async () => {
  const evaluation = { ...EVALUATION, state: "running", evaluated: 4_000, violations: 0 } as const;
  api.catalog.policies.push({ ...domains(), evaluation });
  renderAt("/policies?open=pol-1");
  const drawer = await openDialog("Our domains");
  const section = await within(drawer).findByRole("region", { name: "Evaluation" });
  expect(within(section).getByRole("status")).toHaveTextContent("4,000 of 12,000");
  expect(within(section).getByRole("progressbar")).toBeVisible();
  await expectAccessible(drawer);
});

test("the count of a policy is that of the list of those that stand", async () => {
  api.catalog.policies.push({ ...domains(), evaluation: EVALUATION });
  api.violations.push(violation(), violation({ state: "ended", end_reason: "the policy was changed", common_name: "past.example.com" }));
  const { user } = renderAt("/policies?open=pol-1");
  const drawer = await openDialog("Our domains");
  const section = within(drawer).getByRole("region", { name: "Violations" });
  expect(await within(section).findAllByRole("listitem")).toHaveLength(EVALUATION.violations);
  await user.click(within(section).getByRole("radio", { name: "All" }));
  expect(await within(section).findByText(/the policy was changed/)).toBeVisible();
});
