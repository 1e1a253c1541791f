import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { authority, root } from "../../../test/authorityBuilders";
import { renderAt } from "../../../test/render";
import { api } from "../../../test/server";
import { keyCommand, revokeCommand, rotateCommand } from "./commands";

const STACK = { name: "pki-prod", region: "eu-central-1", is_local: false };

test("the panel counts what the CA reaches, and shows the steps in order with this stack's commands", async () => {
  api.authorities.push(authority({ stack: STACK }), root());
  api.caUses = { certificates: 42, target_ids: ["tgt-1", "tgt-2"], next_cursor: null, per_page: 500 };
  const { user } = renderAt("/cas/ca-1");
  expect(await screen.findByText("42 valid certificates on 2 targets.")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Show the steps" }));
  const steps = await screen.findByRole("list", { name: "Steps" });
  expect(within(steps).getByText(/revoke_ca STACK=pki-prod REGION=eu-central-1/)).toHaveTextContent('"confirm":"0a1b2c","force":true');
  expect(steps).toHaveTextContent(/Have another CA issue.*Revoke this CA.*Replace what it issued.*Tell relying parties/);
  await user.click(screen.getByText("It may have leaked"));
  expect(steps).not.toBeNull();
  expect(screen.getByRole("list", { name: "Steps" })).toHaveTextContent(/Replace what it issued.*Revoke this CA/);
});

test("a link opens the panel of a root, which no CRL can revoke", async () => {
  api.authorities.push(root());
  renderAt("/cas/ca-0?compromised=1");
  expect(await screen.findByText(/Remove this root from every trust store/)).toBeVisible();
});

test("commands name the stack, the next key and the ticket, and hold in a shell", () => {
  const ca = authority({ stack: STACK, issuer_id: "iss-office" });
  expect(keyCommand({ ...ca, key_spec: "RSA_3072" })).toBe(
    "make ca-key STACK=pki-prod REGION=eu-central-1 NAME=pki-prod-ca-2 SPEC=RSA_3072",
  );
  expect(rotateCommand(ca)).toContain(`'{"key_arn":"ARN-OF-THE-NEW-KEY","issuer_id":"iss-office"}'`);
  expect(revokeCommand(ca, "INC-'1", false)).toContain(String.raw`"ticket":"INC-\u00271"`);
  expect(revokeCommand(ca, "", false)).not.toContain("force");
  expect(revokeCommand({ ...ca, stack: { ...STACK, is_local: true } }, "", true)).toMatch(
    /^make invoke FUNCTION=stack_admin EVENT='\{"action":"revoke_ca"/,
  );
  expect(keyCommand({ ...ca, stack: null })).toContain("STACK=STACK");
});
