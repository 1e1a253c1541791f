import { createContext, type ReactNode, use } from "react";

import type { Permission } from "../api/permissions";
import type { Session } from "../api/session";

export interface SignedIn extends Session {
  can: (permission: Permission) => boolean;
  signOut: () => void;
}

/** Provided by `SessionGate`. */
export const SessionContext = createContext<SignedIn | null>(null);

export function useSession(): SignedIn {
  const session = use(SessionContext);
  if (session === null) throw new Error("There is no session outside of SessionGate.");
  return session;
}

export function useCan(permission: Permission): boolean {
  return useSession().can(permission);
}

/** Shows its children to roles that have the permission. */
export function Can({ permission, children }: { permission: Permission; children: ReactNode }) {
  return useCan(permission) ? children : null;
}
