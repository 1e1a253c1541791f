import { screen } from "@testing-library/react";
import { http } from "msw";
import { expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { record } from "../../test/catalogBuilders";
import { choose } from "../../test/choose";
import { problem } from "../../test/fakeApi";
import { renderAt } from "../../test/render";
import { api, server } from "../../test/server";
import { EMPTY } from "./draft";
import { storedDraft, storeDraft } from "./draftStore";

const CREATE = /^\/certificates$/;
const RULES = { O: { fixed: null, allowed: "eng-*" }, C: { fixed: "DE", allowed: null } };

/** On the step with the details, with values of a CSR in the draft. */
function openedAtDetails(subject: string[] = []) {
  api.catalog.teams.push(record("teams", { id: "t-default", name: "Everyone" }), record("teams", { id: "t-pay", name: "Payments" }));
  api.catalog.profiles.push(
    record("profiles", { id: "server", name: "Server" }),
    record("profiles", { id: "prof-clients", name: "Clients", subject: RULES, teams: ["t-pay"] }),
  );
  storeDraft({ ...EMPTY, isLater: true, common_name: "a.example.com", details: { ...EMPTY.details, subject } });
  const rendered = renderAt("/certificates/new?step=details");
  const pick = async (label: RegExp, option: string) => choose(rendered.user, await screen.findByRole("combobox", { name: label }), option);
  const create = () => rendered.user.click(screen.getByRole("button", { name: "Create certificate" }));
  return { ...rendered, pick, create };
}

test("the form asks for the values that the profile allows, and shows those that it sets", async () => {
  const { user, container, pick, create } = openedAtDetails();
  await pick(/^Team/, "Payments (t-pay)");
  await pick(/^Profile/, "Clients (prof-clients)");
  expect(await screen.findByText("Set by the profile: C=DE")).toBeVisible();
  expect(screen.getByText("The profile allows: eng-*")).toBeVisible();
  expect(screen.queryByRole("textbox", { name: "Country (C)" })).toBeNull();
  await user.type(screen.getByRole("textbox", { name: "Organization (O)" }), "eng-web");
  await expectAccessible(container);
  await create();
  await screen.findByRole("heading", { level: 1, name: "a.example.com" });
  expect(api.callsTo("POST", CREATE)[0]?.body).toEqual({
    common_name: "a.example.com",
    team_id: "t-pay",
    profile_id: "prof-clients",
    subject: { O: "eng-web" },
  });
});

test("a profile of other teams is refused before anything is sent", async () => {
  const { pick, create } = openedAtDetails();
  await pick(/^Profile/, "Clients (prof-clients)");
  expect(await screen.findByText("This profile is for certificates of other teams: t-pay.")).toBeVisible();
  await create();
  expect(screen.getByText("This profile is for certificates of other teams: t-pay.")).toBeVisible();
  expect(api.callsTo("POST", CREATE)).toEqual([]);
  await pick(/^Team/, "Payments (t-pay)");
  expect(screen.queryByText(/for certificates of other teams/)).toBeNull();
  await create();
  await screen.findByRole("heading", { level: 1, name: "a.example.com" });
});

test("of a CSR's subject only what the profile allows is sent, and the rest is named", async () => {
  const { pick, create } = openedAtDetails(["O=eng-web", "L=Berlin"]);
  expect(await screen.findByText(/does not allow it: O, L/)).toBeVisible();
  await pick(/^Team/, "Payments (t-pay)");
  await pick(/^Profile/, "Clients (prof-clients)");
  expect(await screen.findByRole("textbox", { name: "Organization (O)" })).toHaveValue("eng-web");
  expect(screen.getByText(/does not allow it: L/)).toBeVisible();
  await create();
  await screen.findByRole("heading", { level: 1, name: "a.example.com" });
  expect(api.callsTo("POST", CREATE)[0]?.body).toMatchObject({ subject: { O: "eng-web" } });
});

test("what the API says about a value is shown at its input", async () => {
  server.use(
    http.post("*/certificates", () =>
      problem(422, "The certificate was refused.", [{ field: "subject.O", message: "O begins with system:" }]),
    ),
  );
  const { user, pick, create } = openedAtDetails();
  await pick(/^Team/, "Payments (t-pay)");
  await pick(/^Profile/, "Clients (prof-clients)");
  const organization = await screen.findByRole("textbox", { name: "Organization (O)" });
  await user.type(organization, "system:masters");
  await create();
  expect(await screen.findByText("O begins with system:")).toBeVisible();
  expect(organization).toHaveAccessibleDescription(/begins with system/);
  expect(storedDraft().details.subject).toEqual(["O=system:masters"]);
});
