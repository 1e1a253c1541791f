// Read before the clock of the first test starts: the pages are loaded lazily.
import "./kinds/IdentityProviders";
import "./kinds/TrustRules";

import { screen, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { record } from "../../test/catalogBuilders";
import { choose } from "../../test/choose";
import { openDialog } from "../../test/openDialog";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";
import { CLAIM_RULES } from "./claimRules";
import { CLAIM_TEMPLATES, otherLines, textOf, withText } from "./claimTemplates";

beforeEach(() => {
  api.catalog["identity-providers"].push(record("identity-providers", { id: "idp-ci", name: "GitHub", type: "GitHub" }));
  api.catalog["service-accounts"].push(record("service-accounts", { id: "sa-shop", name: "Shop CI" }));
});

async function previewing(text: string) {
  api.catalog["trust-rules"].push(
    record("trust-rules", { id: "tr-1", name: "Shop", claims: [{ path: ["repository_id"], values: ["7"] }] }),
  );
  const { user } = renderAt("/trust-rules?open=tr-1");
  const drawer = await openDialog("Shop");
  const card = await within(drawer).findByRole("region", { name: "Preview" });
  if (text !== "") {
    await user.click(within(card).getByRole("textbox", { name: /Token or claims/ }));
    await user.paste(text);
  }
  await user.click(within(card).getByRole("button", { name: "Preview" }));
  return { user, card };
}

const previews = () => api.callsTo("POST", /trust-rules\/.*preview$/);

test("claims are lines of name and value, several values of one name together", () => {
  const lines = ["repository_id=7", "kubernetes.io>namespace=shop", "ref=a=b", "ref=c"];
  const rules = [
    { path: ["repository_id"], values: ["7"] },
    { path: ["kubernetes.io", "namespace"], values: ["shop"] },
    { path: ["ref"], values: ["a=b", "c"] },
  ];
  expect(CLAIM_RULES.write(lines)).toEqual(rules);
  expect(CLAIM_RULES.read(rules)).toEqual(lines);
});

async function newRule() {
  const { user } = renderAt("/trust-rules?new=1");
  const form = await openDialog("New trust rule");
  await user.type(within(form).getByRole("textbox", { name: /^Name/ }), "Shop");
  await choose(user, within(form).getByRole("combobox", { name: /Identity provider/ }), /GitHub/);
  await choose(user, within(form).getByRole("combobox", { name: /Service account/ }), /Shop CI/);
  return { user, form };
}

test("a new rule asks for the claims by the names that its provider has for them", async () => {
  const { user, form } = await newRule();
  await choose(user, within(form).getByRole("combobox", { name: /Use of each token/ }), "Once");
  expect(await within(form).findByText("Tokens of GitHub Actions")).toBeVisible();
  await user.type(within(form).getByRole("textbox", { name: /Repository ID/ }), "7, 8,");
  await user.type(within(form).getByRole("textbox", { name: /Branch or tag/ }), "refs/heads/main");
  await user.type(within(form).getByRole("combobox", { name: /Other claims/ }), "actor=ada{Enter}");
  await user.click(within(form).getByRole("button", { name: /Create/ }));
  await screen.findByText("repository_id is 7 or 8; ref is refs/heads/main; actor is ada");
  const body = api.callsTo("POST", /trust-rules$/)[0]?.body;
  expect(body).toMatchObject({
    provider_id: "idp-ci",
    service_account_id: "sa-shop",
    single_use: true,
    lifetime_seconds: 900,
    actions: null,
  });
  expect(body).not.toHaveProperty("audience");
});

test("the rule in the form is previewed before it is saved, and a change takes the result away", async () => {
  const { user, form } = await newRule();
  await user.type(await within(form).findByRole("textbox", { name: /Repository ID/ }), "7");
  const section = within(form).getByRole("region", { name: "Preview" });
  await user.click(within(section).getByRole("textbox", { name: /Token or claims/ }));
  await user.paste('{"repository_id": "7"}');
  await user.click(within(section).getByRole("button", { name: "Preview" }));
  expect(await within(section).findByText("The rule admits it.")).toBeVisible();
  expect(previews()[0]?.body).toMatchObject({ claims: { repository_id: "7" }, rule: { provider_id: "idp-ci" } });
  expect(api.callsTo("POST", /trust-rules$/)).toEqual([]);
  await user.type(within(form).getByRole("textbox", { name: /Repository ID/ }), "1");
  expect(within(section).queryByText("The rule admits it.")).not.toBeInTheDocument();
});

test("without a provider a form asks for one, and a preview is not sent", async () => {
  const { user } = renderAt("/trust-rules?new=1");
  const form = await openDialog("New trust rule");
  expect(within(form).getByText(/Choose the identity provider first/)).toBeVisible();
  await user.click(within(form).getByRole("textbox", { name: /Token or claims/ }));
  await user.paste("{}");
  await user.click(within(form).getByRole("button", { name: "Preview" }));
  expect(previews()).toEqual([]);
});

test("a field shows the lines of its claim, and leaves the others as they are", () => {
  const [subject] = CLAIM_TEMPLATES.Kubernetes.fields;
  if (subject === undefined) throw new Error("Kubernetes has a field.");
  const lines = ["aud=x", "sub=system:serviceaccount:shop:web", "sub=other"];
  expect(textOf(subject, lines)).toBe("shop:web");
  expect(withText(subject, lines, "shop:api")).toEqual(["aud=x", "sub=other", "sub=system:serviceaccount:shop:api"]);
  expect(withText(subject, lines, " ")).toEqual(["aud=x", "sub=other"]);
  expect(otherLines(CLAIM_TEMPLATES.Kubernetes, lines)).toEqual(["aud=x", "sub=other"]);
});

test("an edit keeps what the rule says", async () => {
  const claims = [{ path: ["kubernetes.io", "namespace"], values: ["shop", "web"] }];
  api.catalog["trust-rules"].push(
    record("trust-rules", {
      id: "tr-1",
      name: "Shop",
      claims,
      single_use: false,
      actions: ["certificates:read"],
      audience: "https://a.example",
    }),
  );
  const { user } = renderAt("/trust-rules?open=tr-1");
  await user.click(within(await openDialog("Shop")).getByRole("button", { name: "Edit" }));
  const form = await openDialog("Edit Shop");
  await user.click(within(form).getByRole("button", { name: "Save" }));
  await openDialog("Shop");
  const body = api.callsTo("PUT", /trust-rules/)[0]?.body;
  expect(body).toMatchObject({ claims, single_use: false, actions: ["certificates:read"], audience: "https://a.example" });
});

test("a preview shows what each check found", async () => {
  const { card } = await previewing('{"repository_id": "8"}');
  expect(await within(card).findByText("The rule does not admit it.")).toBeVisible();
  const [claim] = within(within(card).getByRole("list", { name: "Checks" })).getAllByRole("listitem");
  expect(claim).toHaveTextContent("repository_id does not pass: The token's repository_id is none of the rule's values.");
  expect(previews()[0]?.body).toEqual({ claims: { repository_id: "8" } });
  await expectAccessible(card);
});

test("a text without a brace is sent as a token, and a change takes the result away", async () => {
  const { user, card } = await previewing(" eyJh.eyJp.c2ln ");
  expect(await within(card).findByText("The rule admits it.")).toBeVisible();
  expect(previews()[0]?.body).toEqual({ token: "eyJh.eyJp.c2ln" });
  await user.type(within(card).getByRole("textbox", { name: /Token or claims/ }), "x");
  expect(within(card).queryByText("The rule admits it.")).not.toBeInTheDocument();
});

test("neither nothing nor broken JSON is sent", async () => {
  const { user, card } = await previewing("");
  await user.click(within(card).getByRole("textbox", { name: /Token or claims/ }));
  await user.paste("{");
  await user.click(within(card).getByRole("button", { name: "Preview" }));
  expect(within(card).getByText("Enter a token, or claims as a JSON object.")).toBeVisible();
  expect(previews()).toEqual([]);
});

test("who may not write rules has no preview", async () => {
  api.actAs("viewer");
  api.catalog["trust-rules"].push(record("trust-rules", { id: "tr-1", name: "Shop" }));
  renderAt("/trust-rules?open=tr-1");
  expect(within(await openDialog("Shop")).queryByRole("region", { name: "Preview" })).not.toBeInTheDocument();
});

test("the keys of a provider are sent as JSON, and an edit keeps them", async () => {
  const jwks = { keys: [{ kty: "EC", kid: "k1" }] };
  api.catalog["identity-providers"].push(record("identity-providers", { id: "idp-k8s", name: "Cluster", type: "Kubernetes", jwks }));
  const { user } = renderAt("/identity-providers?open=idp-k8s");
  const drawer = await openDialog("Cluster");
  expect(within(drawer).getByText("Pinned in this record")).toBeVisible();
  await user.click(within(drawer).getByRole("button", { name: "Edit" }));
  const form = await openDialog("Edit Cluster");
  const keys = within(form).getByRole("textbox", { name: /Public keys/ });
  await user.type(keys, "x");
  await user.click(within(form).getByRole("button", { name: "Save" }));
  expect(within(form).getByText("Must be a JSON object.")).toBeVisible();
  await user.type(keys, "{Backspace}");
  await user.click(within(form).getByRole("button", { name: "Save" }));
  await openDialog("Cluster");
  expect(api.callsTo("PUT", /identity-providers/).at(-1)?.body).toMatchObject({ type: "Kubernetes", jwks });
});

test("an edit of a provider keeps its client, with every setting", async () => {
  const sign_in = {
    client_id: "0oa1",
    client_secret: "certctl/prod/identity/corp",
    scopes: ["openid", "groups"],
    required_claims: { hd: ["example.com"] },
    enabled: false,
    keys_sleep_after_days: 14,
    auth_time: "absent" as const,
  };
  api.catalog["identity-providers"].push(record("identity-providers", { id: "idp-corp", name: "Corp", type: "OIDC", sign_in }));
  const { user } = renderAt("/identity-providers?open=idp-corp");
  const drawer = await openDialog("Corp");
  expect(within(drawer).getByText("Not offered at present")).toBeVisible();
  expect(within(drawer).getByText("By the age of the session, without auth_time (weaker)")).toBeVisible();
  await user.click(within(drawer).getByRole("button", { name: "Edit" }));
  const form = await openDialog("Edit Corp");
  await user.click(within(form).getByRole("switch", { name: /Offered on the sign-in page/ }));
  await user.click(within(form).getByRole("button", { name: "Save" }));
  await openDialog("Corp");
  expect(api.callsTo("PUT", /identity-providers/).at(-1)?.body).toMatchObject({ type: "OIDC", sign_in: { ...sign_in, enabled: true } });
});

test("a provider without a client is sent without sign-in", async () => {
  api.catalog["identity-providers"].push(record("identity-providers", { id: "idp-runner", name: "Runner", type: "OIDC" }));
  const { user } = renderAt("/identity-providers?open=idp-runner");
  await user.click(within(await openDialog("Runner")).getByRole("button", { name: "Edit" }));
  const form = await openDialog("Edit Runner");
  expect(within(form).queryByRole("textbox", { name: /Client secret/ })).not.toBeInTheDocument();
  await user.click(within(form).getByRole("button", { name: "Save" }));
  await openDialog("Runner");
  expect(api.callsTo("PUT", /identity-providers/).at(-1)?.body).not.toHaveProperty("sign_in");
});
