import type { Query, QueryClient } from "@tanstack/react-query";

import { auditKeys } from "./audit";
import { certificateKeys } from "./certificates";
import { jobKeys } from "./jobs";
import { notificationKeys } from "./notifications";
import { statsKeys } from "./stats";

/** Needs attention is one of the statistics. */
const SHOWN = [certificateKeys.all, jobKeys.all, notificationKeys.all, auditKeys.all, statsKeys.all];

/** The rows of a bulk act stay as they were when it began: its page shows what became of each. */
function isNotOfBulkAct({ queryKey }: Query): boolean {
  return queryKey[1] !== "bulk";
}

/** After a change of a certificate or a job: all that shows what became of it is read again. */
export async function readAnew(queries: QueryClient): Promise<void> {
  await Promise.all(SHOWN.map((queryKey) => queries.invalidateQueries({ queryKey, predicate: isNotOfBulkAct })));
}
