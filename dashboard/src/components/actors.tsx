/** Who did something, by name: keys by the name that they were given, parts of certctl by what they do. */

import { useQuery } from "@tanstack/react-query";

import { apiKeyKeys, listApiKeys } from "../api/apiKeys";

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

/** The name of an actor; the id of a key whose name this caller may not read. */
export function useActorNames(): (id: string) => string {
  const { data } = useKeys();
  return (id) => SYSTEM_NAMES[id] ?? data?.data.find((key) => key.id === id)?.name ?? systemName(id);
}

/** Actors to filter by. */
export function useActorOptions(): { value: string; label: string }[] {
  const { data } = useKeys();
  const keys = (data?.data ?? []).map(({ id, name }) => ({ value: id, label: `${name} (${id})` }));
  const system = Object.entries(SYSTEM_NAMES).map(([value, label]) => ({ value, label }));
  return [...keys, ...system];
}

export function ActorName({ id }: { id: string }) {
  const nameOf = useActorNames();
  return <span title={id}>{nameOf(id)}</span>;
}

/** "system/some_schedule" is "Some schedule". */
function systemName(id: string): string {
  if (!id.startsWith(SYSTEM)) return id;
  const words = id.slice(SYSTEM.length).replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
