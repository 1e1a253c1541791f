import { act, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { expectAccessible } from "../test/accessibility";
import { apiKey } from "../test/builders";
import { ADMIN_KEY } from "../test/fakeApi";
import { renderAt, renderForPerson, renderSignedOut } from "../test/render";
import { api } from "../test/server";

const OTHER_KEY = `certctl_${"b".repeat(43)}`;

async function signInWith(key: string) {
  const { user, container } = renderSignedOut("/certificates");
  await user.click(await screen.findByLabelText("API key"));
  await user.paste(key);
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  return { user, container };
}

test("a key that the API takes opens the page that was asked for and shows its role", async () => {
  await signInWith(ADMIN_KEY);
  expect(await screen.findByRole("heading", { level: 1, name: "Certificates" })).toBeVisible();
  expect(screen.getByText("Role: admin")).toBeVisible();
});

test("the page keeps no key, and only the sign-in sends one", async () => {
  await signInWith(ADMIN_KEY);
  await screen.findByRole("heading", { level: 1, name: "Certificates" });
  expect(JSON.stringify(sessionStorage) + JSON.stringify(localStorage)).not.toContain("certctl_");
  const sent = api.calls.filter(({ headers }) => headers.has("Authorization"));
  expect(sent.map(({ method, path }) => `${method} ${path}`)).toEqual(["POST /auth/session"]);
});

test("a new tab is signed in", async () => {
  api.sessionKey = ADMIN_KEY;
  renderSignedOut("/certificates");
  expect(await screen.findByRole("heading", { level: 1, name: "Certificates" })).toBeVisible();
});

test("a key that the API refuses starts no session", async () => {
  await signInWith(OTHER_KEY);
  expect(await screen.findByText(/key is not valid/)).toBeVisible();
  expect(api.sessionKey).toBeNull();
});

test("text that cannot be a key is not sent", async () => {
  await signInWith("hunter2");
  expect(await screen.findByText(/This is not a whole API key/)).toBeVisible();
  expect(api.callsTo("POST", /auth/)).toEqual([]);
});

test("signing out ends the session and forgets everything that was read", async () => {
  const { user } = renderAt("/certificates");
  await user.click(await screen.findByRole("button", { name: "Sign out" }));
  expect(await screen.findByRole("heading", { name: "Sign in" })).toBeVisible();
  expect(api.callsTo("DELETE", /^\/auth\/session$/)).toHaveLength(1);
  expect(sessionStorage).toHaveLength(0);
});

test("a sign-out that fails says that one is still signed in", async () => {
  const { user } = renderAt("/certificates");
  api.failNext("DELETE", /auth\/session/, 503, "Busy.");
  await user.click(await screen.findByRole("button", { name: "Sign out" }));
  expect(await screen.findByText("You are still signed in")).toBeVisible();
  expect(await screen.findByRole("heading", { level: 1, name: "Certificates" })).toBeVisible();
});

test("a session that ends says so, and signing in again leads back to the same page", async () => {
  const { user } = renderAt("/jobs");
  await screen.findByRole("heading", { level: 1, name: "Jobs" });
  api.sessionKey = null;
  await user.click(screen.getByRole("button", { name: "Refresh" }));
  expect(await screen.findByText(/session has ended/)).toBeVisible();
  await user.click(screen.getByLabelText("API key"));
  await user.paste(ADMIN_KEY);
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  expect(await screen.findByRole("heading", { level: 1, name: "Jobs" })).toBeVisible();
  expect(screen.queryByText(/session has ended/)).toBeNull();
});

test("a page that another tab signed somebody else in shows that person", async () => {
  renderAt("/certificates");
  expect(await screen.findByText("Role: admin")).toBeVisible();
  const viewer = `certctl_${"v".repeat(43)}`;
  api.keys.set(viewer, apiKey({ id: "key-vera", name: "vera", role: "viewer" }));
  api.sessionKey = viewer;
  act(() => void window.dispatchEvent(new Event("visibilitychange")));
  expect(await screen.findByText("Role: viewer")).toBeVisible();
  expect(screen.getByText("vera")).toBeVisible();
});

test("a person who signs in again in another tab keeps what they filled in, and can send it", async () => {
  const { user } = renderForPerson("/settings");
  await user.click(await screen.findByRole("button", { name: "New key" }));
  await user.type(await screen.findByLabelText(/^Name/), "laptop");
  api.stepUpNext("POST", /api-keys/);
  await user.click(screen.getByRole("button", { name: "Create key" }));
  expect(await screen.findByRole("link", { name: /^Sign in again/ })).toHaveAttribute("target", "_blank");
  if (api.session !== null) api.session = { ...api.session, id: "ses-2" };
  act(() => void window.dispatchEvent(new Event("visibilitychange")));
  await waitFor(() => expect(api.callsTo("GET", /auth\/session/).length).toBeGreaterThan(2));
  expect(screen.getByLabelText(/^Name/)).toHaveValue("laptop");
  await user.click(screen.getByRole("button", { name: "Create key" }));
  await waitFor(() => expect(api.callsTo("POST", /api-keys/)).toHaveLength(2));
});

test("while the API does not answer, the session can be tried again", async () => {
  api.failNext("GET", /auth\/session/, 503, "Busy.", 3);
  const { user } = renderAt("/certificates");
  await user.click(await screen.findByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("heading", { level: 1, name: "Certificates" })).toBeVisible();
});

test("the sign-in page is accessible", async () => {
  const { container } = renderSignedOut();
  await waitFor(() => expect(screen.getByLabelText("API key")).toBeVisible());
  await expectAccessible(container);
});
