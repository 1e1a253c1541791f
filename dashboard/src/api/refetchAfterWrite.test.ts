import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";

import { campaignKeys } from "./campaigns";
import { certificateKeys } from "./certificates";
import { keyUseKeys } from "./keyUses";
import { refetchAfterWrite } from "./refetchAfterWrite";
import { revocationKeys } from "./revocations";

async function isReadAnew(queryKey: readonly unknown[]): Promise<boolean | undefined> {
  const queries = new QueryClient();
  queries.setQueryData(queryKey, []);
  await refetchAfterWrite(queries);
  return queries.getQueryState(queryKey)?.isInvalidated;
}

test.each([
  ["the list of campaigns", campaignKeys.list],
  ["one campaign", campaignKeys.one("cmp-1")],
  ["the certificates of a campaign", campaignKeys.items("cmp-1", "running", "failed")],
  ["the revocations", revocationKeys.list({ hours: 24, reason: null, issuerId: null })],
  ["the uses of a key", keyUseKeys.one("3f2a")],
  ["one certificate", certificateKeys.one("mc-1")],
])("an action lets the pages read again: %s", async (_, queryKey) => {
  expect(await isReadAnew(queryKey)).toBe(true);
});

test("the rows of a bulk act stay as they were when it began", async () => {
  expect(await isReadAnew([...certificateKeys.all, "bulk", ["mc-1"]])).toBe(false);
});
