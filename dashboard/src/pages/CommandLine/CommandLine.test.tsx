import { screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { renderAt, renderForPerson } from "../../test/render";
import { api } from "../../test/server";
import { loginPromptIn, isLoopback } from "./request";

const CHALLENGE = "c".repeat(43);
const BACK = "http://127.0.0.1:50123/";

function address(parameters: Record<string, string> = {}): string {
  return `/cli?${new URLSearchParams({ code_challenge: CHALLENGE, state: "the-state", host: "ada-laptop", ...parameters })}`;
}

test("the page names computer, person and what it gives, and asks nothing of the API before a click", async () => {
  const { container } = renderAt(address({ redirect_uri: BACK }));
  expect(await screen.findByRole("heading", { name: "Allow certctl on ada-laptop?" })).toBeVisible();
  expect(screen.getByText("first admin (admin)")).toBeVisible();
  expect(screen.getByText("All that you may do")).toBeVisible();
  expect(api.callsTo("POST", /auth\/codes/)).toEqual([]);
  await expectAccessible(container);
});

test("a code that comes back to the computer is not shown", async () => {
  const { user } = renderAt(address({ redirect_uri: BACK }));
  await user.click(await screen.findByRole("button", { name: "Allow" }));
  expect(await screen.findByText(/Continue in the terminal/)).toBeVisible();
  expect(screen.queryByDisplayValue("the-code")).not.toBeInTheDocument();
  const [call] = api.callsTo("POST", /auth\/codes/);
  expect(call?.body).toEqual({ code_challenge: CHALLENGE, state: "the-state", redirect_uri: BACK });
});

test("a code to paste is shown once, with what it is worth", async () => {
  const { user, container } = renderAt(address());
  expect(await screen.findByText(/nothing that only administrators may/)).toBeVisible();
  expect(screen.getByText(/Paste it only into your own terminal/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Allow" }));
  expect(await screen.findByDisplayValue("the-code")).toBeInTheDocument();
  await expectAccessible(container);
});

test("a sign-in that is too old is said, and nothing is given", async () => {
  api.stepUpNext("POST", /auth\/codes/);
  const { user } = renderForPerson(address());
  await user.click(await screen.findByRole("button", { name: "Allow" }));
  expect(await screen.findByText(/in the last 15 minutes/)).toBeVisible();
  const again = await screen.findByRole("link", { name: /^Sign in again/ });
  expect(again).toHaveAttribute("href", expect.stringMatching(/^\/api\/v1\/auth\/login\/idp-okta\?return_to=%2Fcli.*&max_age=0$/));
  expect(screen.queryByDisplayValue("the-code")).not.toBeInTheDocument();
});

test.each([
  ["no challenge", { code_challenge: "" }],
  ["another site", { redirect_uri: "https://evil.example/" }],
  ["another site in the user part", { redirect_uri: "http://127.0.0.1:80@evil.example/" }],
  ["a script", { redirect_uri: "javascript:alert(1)" }],
])("an address with %s asks for no consent", async (_, parameters) => {
  renderAt(address(parameters));
  expect(await screen.findByText("This address is incomplete")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Allow" })).not.toBeInTheDocument();
});

test("only a port of this computer is gone to", () => {
  expect(isLoopback("http://127.0.0.1:50123/?code=x")).toBe(true);
  expect(isLoopback("http://127.0.0.1:50123@evil.example/")).toBe(false);
  expect(isLoopback("https://evil.example/")).toBe(false);
  expect(loginPromptIn(new URLSearchParams())).toBeNull();
});
