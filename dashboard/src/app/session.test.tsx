import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { currentKey } from "../api/key";
import { expectAccessible } from "../test/accessibility";
import { ADMIN_KEY } from "../test/fakeApi";
import { renderAt, renderSignedOut } from "../test/render";
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
  expect(currentKey()).toBe(ADMIN_KEY);
});

test("a key that the API refuses is not kept", async () => {
  await signInWith(OTHER_KEY);
  expect(await screen.findByText(/key is not valid/)).toBeVisible();
  expect(currentKey()).toBeNull();
});

test("text that cannot be a key is not sent", async () => {
  await signInWith("hunter2");
  expect(await screen.findByText(/43 letters/)).toBeVisible();
  expect(api.callsTo("GET", /^\/api-keys/)).toEqual([]);
});

test("signing out forgets the key and everything that was read", async () => {
  const { user } = renderAt("/certificates");
  await user.click(await screen.findByRole("button", { name: "Sign out" }));
  expect(await screen.findByRole("heading", { name: "Sign in" })).toBeVisible();
  expect(currentKey()).toBeNull();
  expect(sessionStorage).toHaveLength(0);
});

test("a key that is revoked during a session ends it and says why", async () => {
  api.keys.delete(ADMIN_KEY);
  renderAt("/");
  expect(await screen.findByText(/is no longer valid/)).toBeVisible();
  expect(currentKey()).toBeNull();
});

test("while the API does not answer, the session can be tried again", async () => {
  api.failNext("GET", /api-keys/, 503, "Busy.", 3);
  const { user } = renderAt("/certificates");
  await user.click(await screen.findByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("heading", { level: 1, name: "Certificates" })).toBeVisible();
});

test("the sign-in page is accessible", async () => {
  const { container } = renderSignedOut();
  await waitFor(() => expect(screen.getByLabelText("API key")).toBeVisible());
  await expectAccessible(container);
});
