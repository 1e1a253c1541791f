import { expect, test } from "vitest";

import { campaign, campaignItem } from "../../test/campaignBuilders";
import { canBeVerified, itemBlockedBy } from "./words";

const RUNNING = campaign({ state: "running" });
const MOVED = { state: "rekeying", window_until: "2026-12-08T00:00:00Z" } as const;

test("the ACME accounts that are awaited are named, one that is not known too", () => {
  const item = campaignItem({ ...MOVED, awaited_accounts: ["", "acct-2"], missed_window: true });
  expect(itemBlockedBy(item, RUNNING)).toBe(
    "Its ACME client one that is not known, acct-2, which did not renew in its window: have it renew with a new key",
  );
  expect(itemBlockedBy(campaignItem(MOVED), RUNNING)).toBe("Its ACME client to renew");
});

test("a person may verify a certificate of which one ACME client has its replacement, and no other", () => {
  expect(canBeVerified(campaignItem({ ...MOVED, new_serial_number: "02" }), RUNNING)).toBe(true);
  expect(canBeVerified(campaignItem(MOVED), RUNNING)).toBe(false);
});
