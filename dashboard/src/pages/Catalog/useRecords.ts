import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { type AnyRow, type Body, type CatalogKind, catalogKeys, createRecord, editRecord, getRecord, type Row } from "../../api/catalog";
import { ApiError } from "../../api/errors";
import { useRepeatable } from "../../api/repeatable";
import { useCan, useSession } from "../../components/session";
import type { Description } from "./kind";

/** Operators write what is their teams'. */
export function useMayWrite<Kind extends CatalogKind>({ write }: Description<Kind>, row: AnyRow | null): boolean {
  const { role, teams } = useSession();
  const mayWrite = useCan(write);
  const team = row !== null && "team_id" in row ? row.team_id : null;
  return mayWrite && (role === "admin" || team === null || teams === "*" || teams.includes(team));
}

/** A new record for `before` null; else a change that is refused where somebody else was first. `newer` is then
 *  what they made of it. */
export function useSave<Kind extends CatalogKind>(kind: Kind, before: Row<Kind> | null, onSaved: (row: Row<Kind>) => void) {
  const queries = useQueryClient();
  const [newer, setNewer] = useState<Row<Kind> | null>(null);
  const create = useRepeatable((body: Body<Kind>, attempt: string) => createRecord(kind, body, attempt));
  const save = useMutation({
    mutationFn: (body: Body<Kind>) => (before === null ? create(body) : editRecord(kind, before.id, before.version, body)),
    onSuccess: onSaved,
    onError: async (error) => {
      if (before === null || !(error instanceof ApiError) || error.status !== 409) return;
      const now = await getRecord(kind, before.id).catch(() => null);
      if (now !== null && now.version !== before.version) setNewer(now);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: catalogKeys.all(kind) }),
    // The answer to a new agent has its key: it must not stay in a cache.
    gcTime: 0,
  });
  return { ...save, newer };
}
