import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { type Certificate, certificateKeys, listDeployments } from "../../../api/certificates";
import { isOpenJob } from "../../../api/jobs";
import { useList } from "../../../api/paging";
import { RARE_POLL_MS } from "../../../api/polling";
import { refetchAfterWrite } from "../../../api/refetchAfterWrite";
import { nameQuery } from "../../../components/catalog/options";
import type { Place } from "./deployable";

const WATCH_MS = 4_000;
const REST_MS = RARE_POLL_MS;

/** Newest first; watched closely while one is under way. */
export function useDeployments({ id, serial_number }: Certificate) {
  // The serial is part of the key: a new version is deployed as soon as it is there.
  const list = useList([...certificateKeys.deployments(id), serial_number], (page) => listDeployments(id, page), {
    refetchInterval: (rows) => (rows.some(isOpenJob) ? WATCH_MS : REST_MS),
    keepsRows: true,
  });
  const open = list.rows.filter(isOpenJob).length;
  useReadOnceEnded(open);
  return { ...list, isUnderWay: open > 0 };
}

/** What an ended deployment has changed is loaded again: the certificate, its jobs, alerts and events. */
function useReadOnceEnded(open: number): void {
  const queries = useQueryClient();
  const before = useRef(open);
  useEffect(() => {
    if (open < before.current) void refetchAfterWrite(queries);
    before.current = open;
  }, [open, queries]);
}

/** The targets of a certificate, in its order, with their agents. */
export function usePlaces(targetIds: readonly string[]): Place[] {
  const targets = useQueries({ queries: targetIds.map((id) => nameQuery("targets", id)) });
  const agentIds = [...new Set(targets.flatMap(({ data }) => data?.agent_id ?? []))];
  const agents = useQueries({
    queries: agentIds.map((id) => ({ ...nameQuery("agents", id), staleTime: REST_MS, refetchInterval: REST_MS })),
  });
  const byId = new Map(agents.flatMap(({ data }) => (data === undefined ? [] : [[data.id, data] as const])));
  return targetIds.map((id, index) => {
    const { data: target, isPending = true } = targets[index] ?? {};
    return { id, target, agent: byId.get(target?.agent_id ?? ""), isPending };
  });
}
