import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";

import { idempotencyKey } from "../../../api/client";
import { createEndpoint, type Endpoint, endpointKeys, listEndpoints, PUBLIC_PROBER } from "../../../api/endpoints";
import { ApiError, messageOf } from "../../../api/errors";
import { noteAct } from "../../../api/polling";
import { eachOf } from "../../BulkChange/eachOf";
import { type HostLine, keyOf } from "./hostLines";
import { useMayGoOn } from "../useMayGoOn";

export type LineState =
  | { kind: "waiting" }
  | { kind: "added" }
  | { kind: "known" }
  | { kind: "refused"; reason: string }
  /** Nothing was decided: it can be sent again. */
  | { kind: "failed"; reason: string };

export interface HostResult extends HostLine {
  state: LineState;
}

interface Wanted {
  hosts: readonly HostLine[];
  teamId: string;
}

/** So many pages of the team's endpoints are read, to add none twice. */
const MOST_PAGES = 4;

/** One endpoint of the public prober for each host, a few at a time. */
export function useHosts() {
  const queries = useQueryClient();
  const [results, setResults] = useState<readonly HostResult[]>([]);
  const keys = useRef(new Map<string, string>());
  const mayGoOn = useMayGoOn();
  const put = (line: HostLine, state: LineState) =>
    setResults((before) => before.map((each) => (keyOf(each) === keyOf(line) ? { ...each, state } : each)));
  const run = async ({ hosts, teamId }: Wanted) => {
    const known = await publicEndpoints(teamId);
    setResults((before) =>
      withAll(
        before,
        hosts.map((line) => ({ ...line, state: { kind: known.has(keyOf(line)) ? "known" : "waiting" } })),
      ),
    );
    await eachOf(
      hosts.filter((line) => !known.has(keyOf(line))),
      async (line) => put(line, await added(line, teamId, keyFor(keys.current, line))),
      () => mayGoOn.current,
    );
  };
  const mutation = useMutation({
    mutationFn: run,
    onSettled: async () => {
      noteAct();
      await queries.invalidateQueries({ queryKey: endpointKeys.all });
    },
  });
  const reset = () => {
    keys.current.clear();
    setResults([]);
    mutation.reset();
  };
  return { results, add: mutation.mutate, isPending: mutation.isPending, error: mutation.error, reset };
}

/** The previous results keep their places. */
function withAll(before: readonly HostResult[], news: readonly HostResult[]): HostResult[] {
  const results = new Map([...before, ...news].map((each) => [keyOf(each), each]));
  return [...results.values()];
}

/** The same key for the same line, so that one that is sent again after a lost response is created once. */
function keyFor(keys: Map<string, string>, line: HostLine): string {
  const key = keys.get(keyOf(line)) ?? idempotencyKey();
  keys.set(keyOf(line), key);
  return key;
}

async function added({ host, port }: HostLine, team_id: string, key: string): Promise<LineState> {
  try {
    await createEndpoint(bodyOf(host, port, team_id), key);
    return { kind: "added" };
  } catch (error) {
    const kind = error instanceof ApiError && !error.isTransient ? "refused" : "failed";
    return { kind, reason: reasonOf(error) };
  }
}

function bodyOf(host: string, port: number, team_id: string): Parameters<typeof createEndpoint>[0] {
  const free = { certificate_ids: [], expected: null, expected_issuer: "", server_name: "", starttls: null, owner_id: null };
  return { ...free, host, port, team_id, prober: PUBLIC_PROBER };
}

function reasonOf(error: unknown): string {
  const problems = error instanceof ApiError ? error.errors : [];
  return problems.length > 0 ? problems.map(({ field, message }) => `${field} ${message}`).join("; ") : messageOf(error);
}

/** Hosts that the public prober has already, without a server name of their own. */
async function publicEndpoints(team: string): Promise<ReadonlySet<string>> {
  const rows: Endpoint[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const page = await listEndpoints({ team }, { cursor, signal: AbortSignal.timeout(30_000) });
    rows.push(...page.data);
    cursor = page.next_cursor ?? undefined;
    if (cursor === undefined) break;
  }
  return new Set(rows.filter((row) => row.prober === PUBLIC_PROBER && row.server_name === "" && row.starttls === null).map(keyOf));
}
