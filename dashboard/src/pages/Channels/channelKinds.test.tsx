import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import type { ChannelDefinition } from "../../api/channels";
import { expectAccessible } from "../../test/accessibility";
import { channel } from "../../test/builders";
import CHANNEL_KINDS from "../../test/channelKinds.json";
import { choose } from "../../test/choose";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";

/** No kind that is published: the one of the API's own tests. */
const FICTITIOUS = CHANNEL_KINDS.fictitious as unknown as ChannelDefinition;
const CARRIER = FICTITIOUS.kind;

async function newChannel() {
  const { user } = renderAt("/channels");
  await user.click(await screen.findByRole("button", { name: "New channel" }));
  const modal = within(await screen.findByRole("dialog", { name: "New channel" }));
  await modal.findByRole("combobox", { name: /^Kind/ });
  const type = async (name: RegExp, text: string) => {
    await user.click(modal.getByRole("textbox", { name }));
    await user.paste(text);
  };
  return { user, modal, type };
}

test("a kind that the dashboard has never heard of is set up by what the API says of it", async () => {
  api.channelKinds.push(FICTITIOUS);
  const { user, modal, type } = await newChannel();
  await choose(user, modal.getByRole("combobox", { name: /^Kind/ }), "Carrier pigeons");
  await type(/^Name/, "pigeons");
  await choose(user, modal.getByRole("combobox", { name: /^Pace/ }), "walk");
  await type(/^Ring/, "a secret that was pasted");
  await user.click(modal.getByRole("button", { name: "Create channel" }));
  expect(await modal.findByText("Required.")).toBeInTheDocument();
  expect(modal.getByText(/never the secret itself\.$/)).toBeInTheDocument();
  expect(api.callsTo("POST", /channels/)).toEqual([]);
  await type(/^Loft/, "https://loft.example.com");
  await user.clear(modal.getByRole("textbox", { name: /^Ring/ }));
  await type(/^Ring/, "certctl/blue/channels/ring");
  await expectAccessible(screen.getByRole("dialog"));
  await user.click(modal.getByRole("button", { name: "Create channel" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  const settings = { url: "https://loft.example.com", ring: "certctl/blue/channels/ring", pace: "walk" };
  expect(api.callsTo("POST", /channels/)[0]?.body).toEqual({ id: "pigeons", kind: CARRIER, enabled: true, team_id: null, settings });
});

test("what belongs to an option is asked with it alone, and sent with it alone", async () => {
  const { user, modal, type } = await newChannel();
  await choose(user, modal.getByRole("combobox", { name: /^Kind/ }), "Email");
  await type(/^Name/, "mail");
  await type(/^From/, "certctl@example.com");
  await type(/^SMTP host/, "smtp.example.com");
  await choose(user, modal.getByRole("combobox", { name: /^Sent by/ }), "ses");
  expect(modal.queryByRole("textbox", { name: /^SMTP host/ })).not.toBeInTheDocument();
  expect(modal.getByRole("textbox", { name: /^Configuration set/ })).toBeInTheDocument();
  await user.click(modal.getByRole("button", { name: "Create channel" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  const settings = { transport: "ses", from_address: "certctl@example.com" };
  expect(api.callsTo("POST", /channels/)[0]?.body).toMatchObject({ kind: "Email", settings });
});

test("a channel of a kind that only a newer release knows is not edited", async () => {
  api.channels.push(channel({ id: "pigeons", kind: CARRIER, origin: "api", version: 1, settings: { url: "https://loft.example.com" } }));
  const { user } = renderAt("/channels");
  await user.click(await screen.findByRole("button", { name: "Edit pigeons" }));
  const modal = within(await screen.findByRole("dialog", { name: "Edit pigeons" }));
  expect(await modal.findByText(/does not know the channel's kind/)).toBeInTheDocument();
  expect(modal.queryByRole("button", { name: "Save" })).not.toBeInTheDocument();
});

test("when the kinds cannot be read, the form says so and tries again", async () => {
  api.failNext("GET", /channel-kinds/, 403, "Not now.");
  const { user } = renderAt("/channels");
  await user.click(await screen.findByRole("button", { name: "New channel" }));
  const modal = within(await screen.findByRole("dialog", { name: "New channel" }));
  expect(await modal.findByText("Not now.")).toBeInTheDocument();
  await user.click(modal.getByRole("button", { name: "Try again" }));
  expect(await modal.findByRole("combobox", { name: /^Kind/ })).toBeInTheDocument();
});
