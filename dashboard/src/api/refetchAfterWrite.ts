import type { Query, QueryClient } from "@tanstack/react-query";

import { auditKeys } from "./audit";
import { campaignKeys } from "./campaigns";
import { certificateKeys } from "./certificates";
import { jobKeys } from "./jobs";
import { keyUseKeys } from "./keyUses";
import { notificationKeys } from "./notifications";
import { revocationKeys } from "./revocations";
import { statsKeys } from "./stats";

/** Needs attention is one of the statistics. */
const SHOWN = [certificateKeys, jobKeys, campaignKeys, revocationKeys, keyUseKeys, notificationKeys, auditKeys, statsKeys];

/** The rows of a bulk act stay as they were when it began: its page shows what became of each. */
function isNotOfBulkAct({ queryKey }: Query): boolean {
  return queryKey[1] !== "bulk";
}

/** After a change of a certificate, a job or a campaign: all that shows what became of it is read again. */
export async function refetchAfterWrite(queries: QueryClient): Promise<void> {
  await Promise.all(SHOWN.map(({ all }) => queries.invalidateQueries({ queryKey: all, predicate: isNotOfBulkAct })));
}
