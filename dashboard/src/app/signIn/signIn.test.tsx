import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";

import type { Schemas } from "../../api/client";
import { expectAccessible } from "../../test/accessibility";
import { renderAt, renderSignedOut } from "../../test/render";
import { api } from "../../test/server";

const OKTA = { id: "idp-okta", name: "Okta" };

test("each provider has a button that leads to its sign-in and back to this page", async () => {
  api.providers = [{ id: "idp-corp", name: "Corp" }, OKTA];
  renderSignedOut("/certificates?page=2");
  const link = await screen.findByRole("link", { name: "Sign in with Okta" });
  expect(link).toHaveAttribute("href", "/api/v1/auth/login/idp-okta?return_to=%2Fcertificates%3Fpage%3D2");
  expect(screen.getByRole("link", { name: "Sign in with Corp" })).toBeVisible();
  expect(screen.getByText("or with an API key")).toBeVisible();
});

test("without a provider there is only the field for a key", async () => {
  renderSignedOut("/");
  expect(await screen.findByLabelText("API key")).toBeVisible();
  expect(screen.queryByRole("link")).toBeNull();
  expect(screen.queryByText("or with an API key")).toBeNull();
});

test("a sign-in that failed says why, in our words, and leads home the next time", async () => {
  api.providers = [OKTA];
  renderSignedOut("/sign-in?error=expired");
  expect(within(await screen.findByRole("alert")).getByText(/has expired/)).toBeVisible();
  const link = await screen.findByRole("link", { name: "Sign in with Okta" });
  expect(link).toHaveAttribute("href", "/api/v1/auth/login/idp-okta?return_to=%2F");
});

test.each(["toString", "<script>alert(1)</script>", "call us at 555"])("the code %s shows no text of its own", async (code) => {
  renderSignedOut(`/sign-in?error=${encodeURIComponent(code)}`);
  expect(await screen.findByRole("alert")).toHaveTextContent(/^The sign-in failed\. Ask an administrator/);
});

test("the address of another page is not read for an error", async () => {
  renderSignedOut("/certificates?error=expired");
  expect(await screen.findByLabelText("API key")).toBeVisible();
  expect(screen.queryByRole("alert")).toBeNull();
});

test("who is signed in already goes home", async () => {
  renderAt("/sign-in?error=expired");
  expect(await screen.findByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  expect(window.location.pathname).toBe("/");
});

test("the page with providers and an error is accessible", async () => {
  api.providers = [OKTA];
  const { container } = renderSignedOut("/sign-in?error=disabled");
  await screen.findByRole("link", { name: "Sign in with Okta" });
  await expectAccessible(container);
});

const ADA: Schemas["SessionView"] = {
  id: "ses-1",
  credential: "session",
  subject_id: "usr-1",
  key_id: null,
  name: null,
  sign_in: { provider_id: "idp-okta", signed_in_at: "2026-11-27T10:00:00Z" },
  expires_at: "2026-11-27T18:00:00Z",
  role: "viewer",
  teams: "*",
  grants: [{ role: "viewer", teams: "*" }],
  permissions: [
    { permission: "certificates:read", scope: "all" },
    { permission: "jobs:read", scope: "all" },
  ],
  features: ["inventory"],
};

test("a person who comes back from the provider is signed in by the cookie alone", async () => {
  api.session = ADA;
  renderSignedOut("/certificates");
  expect(await screen.findByRole("heading", { level: 1, name: "Certificates" })).toBeVisible();
  expect(screen.getByText("usr-1")).toBeVisible();
  expect(screen.getByText("Role: viewer")).toBeVisible();
  const calls = api.callsTo("GET", /^\/certificates/);
  expect(calls.map(({ headers }) => headers.get("Authorization"))).toEqual(calls.map(() => null));
});

test("signing out ends the session", async () => {
  api.session = ADA;
  const { user } = renderSignedOut("/certificates");
  await user.click(await screen.findByRole("button", { name: "Sign out" }));
  expect(await screen.findByRole("heading", { name: "Sign in" })).toBeVisible();
  expect(api.callsTo("DELETE", /^\/auth\/session$/)).toHaveLength(1);
  expect(api.session).toBeNull();
});

test("a session that has ended says so", async () => {
  api.session = ADA;
  const { user } = renderSignedOut("/certificates");
  await screen.findByRole("heading", { level: 1, name: "Certificates" });
  api.session = null;
  await user.click(screen.getByRole("link", { name: "Jobs" }));
  expect(await screen.findByText("Your session has ended. Sign in again.")).toBeVisible();
});
