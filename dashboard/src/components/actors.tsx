/** Who did something, by name: people, service accounts and keys by theirs, parts of certctl by what they do. */

import { useQuery } from "@tanstack/react-query";

import { apiKeyKeys, listApiKeys } from "../api/apiKeys";
import { AccountLink } from "./AccountLink";
import { useAccounts } from "./accounts";

const NAMES_ARE_GOOD_FOR_MS = 300_000;
const SYSTEM = "system/";

const SYSTEM_NAMES: Readonly<Record<string, string>> = {
  "system/external_issuer_worker": "External issuer worker",
  "system/maintenance_schedule": "Maintenance schedule",
  "system/notifier": "Notifier",
  "system/renewal_schedule": "Renewal schedule",
  "system/signing_worker": "Signing worker",
  "system/stack_admin": "Stack administration",
  anonymous: "Anonymous",
};

/** One list of keys, newest first: an administrator's has all (up to 100), anybody else's only their own. */
function useKeys() {
  return useQuery({
    queryKey: [...apiKeyKeys.all, "names"],
    queryFn: ({ signal }) => listApiKeys({ cursor: undefined, signal }),
    staleTime: NAMES_ARE_GOOD_FOR_MS,
    retry: false,
  });
}

/** The name of a key, or of the first key of a user or account; else the id, as for a key that this caller may not read. */
export function useActorNames(): (id: string) => string {
  const { data } = useKeys();
  const accounts = useAccounts();
  const named = (id: string) => [...(data?.data ?? []), ...accounts].find((each) => each.id === id)?.name;
  const ofFirstKey = (id: string) => data?.data.findLast((key) => key.subject_id === id)?.name;
  return (id) => SYSTEM_NAMES[id] ?? named(id) ?? ofFirstKey(id) ?? systemName(id);
}

/** Actors to filter by. */
export function useActorOptions(): { value: string; label: string }[] {
  const { data } = useKeys();
  const named = [...useAccounts(), ...(data?.data ?? [])].map(({ id, name }) => ({ value: id, label: `${name} (${id})` }));
  const system = Object.entries(SYSTEM_NAMES).map(([value, label]) => ({ value, label }));
  return [...named, ...system];
}

interface ActorNameProps {
  id: string;
  /** As the row has it, for callers who may not read the key or account. */
  name?: string | null;
}

export function ActorName({ id, name = null }: ActorNameProps) {
  const nameOf = useActorNames();
  const hasRecord = useAccounts().some((account) => account.id === id);
  if (hasRecord) return <AccountLink id={id} />;
  return <span title={id}>{name ?? nameOf(id)}</span>;
}

/** "system/some_schedule" is "Some schedule". */
function systemName(id: string): string {
  if (!id.startsWith(SYSTEM)) return id;
  const words = id.slice(SYSTEM.length).replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
