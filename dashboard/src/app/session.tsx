import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, use, useEffect, useMemo, useSyncExternalStore } from "react";

import { forgetConnection } from "../api/connection";
import { currentKey, forgetKey, subscribeToKey } from "../api/key";
import { fetchSession, type Session } from "../api/session";
import { Failure, Loading } from "../components/states";
import type { Permission } from "./permissions";
import { forgetItems } from "./search/recent";
import { SignIn } from "./SignIn";

interface SignedIn extends Session {
  can: (permission: Permission) => boolean;
  signOut: () => void;
}

const RETRY_MS = 5_000;
const RETRYING = "Retrying every 5 seconds.";

const SessionContext = createContext<SignedIn | null>(null);

/** Renders its children for who is signed in, the sign-in page for everybody else. */
export function SessionGate({ children }: { children: ReactNode }) {
  const key = useSyncExternalStore(subscribeToKey, currentKey);
  const queries = useQueryClient();
  useEffect(() => {
    // What one key has read must not be shown to the next.
    if (key !== null) return;
    queries.clear();
    forgetConnection();
    forgetItems();
  }, [key, queries]);
  return key === null ? <SignIn /> : <WithSession apiKey={key}>{children}</WithSession>;
}

function WithSession({ apiKey, children }: { apiKey: string; children: ReactNode }) {
  const query = useQuery({
    queryKey: ["session"],
    queryFn: () => fetchSession(apiKey),
    staleTime: Infinity,
    refetchInterval: ({ state }) => (state.status === "error" ? RETRY_MS : false),
  });
  const session = query.data;
  const signedIn = useMemo(() => (session ? signedInAs(session) : null), [session]);
  if (signedIn !== null) return <SessionContext value={signedIn}>{children}</SessionContext>;
  if (query.isError) return <Failure error={query.error} what="your session" note={RETRYING} onRetry={() => void query.refetch()} />;
  return <Loading label="Signing in" />;
}

function signedInAs(session: Session): SignedIn {
  return { ...session, can: (permission) => session.permissions.has(permission), signOut: () => forgetKey() };
}

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
