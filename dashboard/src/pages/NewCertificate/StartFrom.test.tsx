import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { certificate } from "../../test/builders";
import { renderAt } from "../../test/render";
import { api } from "../../test/server";
import { storeDraft, storedDraft } from "./draftStore";
import { EMPTY } from "./draft";

const revoked = () =>
  certificate({
    id: "crt-old",
    name: "shop.example.com",
    common_name: "shop.example.com",
    sans: ["DNS:shop.example.com", "DNS:www.shop.example.com"],
    status: "Revoked",
    team_id: "t-shop",
    owner_id: "o-ann",
    target_ids: ["tgt-1"],
    tags: { cost: "42" },
  });

test("a new certificate that replaces another one starts with all that it had", async () => {
  api.certificates.push(revoked());
  renderAt("/certificates/new?from=crt-old");
  await waitFor(() => expect(window.location.search).toBe(""));
  expect(storedDraft()).toMatchObject({
    common_name: "shop.example.com",
    sans: ["DNS:www.shop.example.com"],
    details: { name: "", team_id: "t-shop", owner_id: "o-ann", target_ids: ["tgt-1"], tags: ["cost=42"] },
    csr: "",
  });
  expect(screen.getByRole("button", { name: "Start over" })).toBeVisible();
});

test("an unfinished request is not lost unasked", async () => {
  api.certificates.push(revoked());
  storeDraft({ ...EMPTY, common_name: "unfinished.example.com" });
  const { user } = renderAt("/certificates/new?from=crt-old");
  expect(await screen.findByText("You have an unfinished request")).toBeVisible();
  expect(storedDraft().common_name).toBe("unfinished.example.com");
  await user.click(screen.getByRole("button", { name: "Start over from shop.example.com" }));
  expect(storedDraft().common_name).toBe("shop.example.com");
  await waitFor(() => expect(screen.queryByText("You have an unfinished request")).not.toBeInTheDocument());
});

test("an unfinished request can be continued", async () => {
  api.certificates.push(revoked());
  storeDraft({ ...EMPTY, common_name: "unfinished.example.com" });
  const { user } = renderAt("/certificates/new?from=crt-old");
  await user.click(await screen.findByRole("button", { name: "Continue with it" }));
  await waitFor(() => expect(window.location.search).toBe(""));
  expect(storedDraft().common_name).toBe("unfinished.example.com");
});
