import { screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { certificateDetails, daysFromNow } from "../../test/builders";
import { record } from "../../test/catalogBuilders";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";
import { possible } from "./Actions";
import { planInWords } from "./planInWords";

const acme = { account_id: "acct-1", eab_key_id: "eab-1" };
const client = { last_seen_at: daysFromNow(-60), window_start: daysFromNow(1), window_end: daysFromNow(4), overdue_at: daysFromNow(10) };
const ordered = certificateDetails({ id: "mc-shop", acme, acme_client: client });

test("a certificate of an ACME client names the ACME account and the EAB key, and cannot be renewed here", async () => {
  api.certificates.push(ordered);
  renderAt("/certificates/mc-shop");
  expect(await screen.findByText("Renewed by an ACME client")).toBeInTheDocument();
  expect(screen.getByText("acct-1")).toBeInTheDocument();
  expect(screen.getByText("eab-1")).toBeInTheDocument();
  expect(screen.queryByText(/did not renew it in time/)).toBeNull();
  expect(possible(ordered).renew).toBe(false);
});

test("a client that has stopped is reported", async () => {
  api.certificates.push({ ...ordered, acme_stopped_at: daysFromNow(-1) });
  renderAt("/certificates/mc-shop");
  expect(await screen.findByText(/did not renew it in time/)).toBeInTheDocument();
});

test("its plan says that the client renews", () => {
  const [plan] = planInWords(ordered, record("renewal-policies", { id: "rp-default" }));
  expect(plan).toBe("Renewed by its ACME client.");
});
