/** Service accounts and users by their ids. */

import { useQuery } from "@tanstack/react-query";

import { useCan } from "./session";
import { optionsQuery } from "./catalog/options";

type AccountKind = "service-accounts" | "users";

interface Named {
  id: string;
  name: string;
}

const NAMES_ARE_GOOD_FOR_MS = 300_000;

/** Null for what is no account. */
export function accountKind(id: string): AccountKind | null {
  if (id.startsWith("usr-")) return "users";
  return id.startsWith("sa-") ? "service-accounts" : null;
}

/** Up to 100 of each kind that the caller may read. Service accounts without a record are not among them. */
export function useAccounts(): readonly Named[] {
  const shared = { staleTime: NAMES_ARE_GOOD_FOR_MS, retry: false };
  const users = useQuery({ ...optionsQuery("users", ""), ...shared, enabled: useCan("users:read") });
  const machines = useQuery({ ...optionsQuery("service-accounts", ""), ...shared, enabled: useCan("team-records:read") });
  return [...(users.data?.data ?? []), ...(machines.data?.data ?? [])];
}
