// Read before the clock of the first test starts: the pages are loaded lazily.
import "./kinds/Issuers";
import "./kinds/Targets";

import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { record } from "../../test/catalogBuilders";
import { FICTITIOUS_ISSUER, FICTITIOUS_TARGET, ISSUER_TYPES, TARGET_TYPES } from "../../test/catalogTypes";
import { choose } from "../../test/choose";
import { openDialog } from "../../test/openDialog";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";

test("an issuer that proves by DNS is edited with the zones that it has", async () => {
  const config = {
    directory_url: "https://acme.example.com/dir",
    terms_of_service_agreed: true,
    challenge: "dns-01",
    hosted_zones: { "example.com": "Z1" },
  };
  api.catalog.issuers.push(record("issuers", { id: "iss-acme", type: "ACME", config }));
  const { user } = renderAt("/issuers?open=iss-acme");
  await openDialog("iss-acme");
  await user.click(screen.getByRole("button", { name: "Edit" }));
  const form = await openDialog("Edit iss-acme");
  expect(within(form).getByText("example.com=Z1")).toBeVisible();
  await user.click(within(form).getByRole("button", { name: "Save" }));
  await waitFor(() => expect(api.callsTo("PUT", /issuers/)).toHaveLength(1));
  expect(api.callsTo("PUT", /issuers/)[0]?.body).toMatchObject({ config });
});

test("an issuer of a type that the API alone knows has a form of its own", async () => {
  api.issuerTypes = [...ISSUER_TYPES, FICTITIOUS_ISSUER];
  const { user } = renderAt("/issuers");
  await user.click(await screen.findByRole("button", { name: "New issuer" }));
  const form = await openDialog("New issuer");
  await user.type(within(form).getByRole("textbox", { name: /^Name/ }), "Lab");
  await choose(user, within(form).getByRole("combobox", { name: /^Type/ }), FICTITIOUS_ISSUER.label);
  expect(within(form).queryByRole("textbox", { name: /^Directory/ })).not.toBeInTheDocument();
  await user.click(within(form).getByRole("button", { name: "Create issuer" }));
  expect(await within(form).findAllByText("Required.")).toHaveLength(2);
  await user.type(within(form).getByRole("textbox", { name: /^Server/ }), "https://lab.example.com");
  await user.type(within(form).getByRole("textbox", { name: /^Password/ }), "certctl/blue/issuers/lab");
  await expectAccessible(form);
  await user.click(within(form).getByRole("button", { name: "Create issuer" }));
  await waitFor(() => expect(api.callsTo("POST", /^\/issuers$/)).toHaveLength(1));
  expect(api.callsTo("POST", /^\/issuers$/)[0]?.body).toEqual({
    name: "Lab",
    type: FICTITIOUS_ISSUER.type,
    enabled: true,
    config: { server: "https://lab.example.com", credentials: { password: "certctl/blue/issuers/lab" }, level: "normal" },
  });
});

test("a target of a type that the API alone knows has a form of its own", async () => {
  api.targetTypes = [...TARGET_TYPES, FICTITIOUS_TARGET];
  const { user } = renderAt("/targets");
  await user.click(await screen.findByRole("button", { name: "New target" }));
  const form = await openDialog("New target");
  await user.type(within(form).getByRole("textbox", { name: /^Name/ }), "Shop");
  await choose(user, within(form).getByRole("combobox", { name: /^Type/ }), FICTITIOUS_TARGET.label);
  await user.type(within(form).getByRole("textbox", { name: /^Keystore/ }), "/srv/shop.p12");
  await user.click(within(form).getByRole("button", { name: "Create target" }));
  await waitFor(() => expect(api.callsTo("POST", /^\/targets$/)).toHaveLength(1));
  expect(api.callsTo("POST", /^\/targets$/)[0]?.body).toEqual({
    name: "Shop",
    type: FICTITIOUS_TARGET.type,
    enabled: true,
    config: { keystore_path: "/srv/shop.p12", reload_command: ["shopctl", "reload"] },
  });
});
