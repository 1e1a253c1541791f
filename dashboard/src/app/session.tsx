import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, use, useEffect, useMemo, useSyncExternalStore } from "react";

import { forgetConnection } from "../api/connection";
import { currentKey, endedSessions, endSession, forgetKey, subscribeToKey } from "../api/key";
import { endCookieSession, fetchCookieSession, fetchSession, type Session } from "../api/session";
import { PROVIDERS_QUERY } from "../api/signIn";
import { Failure, Loading } from "../components/states";
import type { Permission } from "./permissions";
import { forgetItems } from "./search/recent";
import { SignIn } from "./SignIn";

interface SignedIn extends Session {
  can: (permission: Permission) => boolean;
  signOut: () => void;
}

const COOKIE_SESSION = "cookieSession";
const KEPT: ReadonlySet<unknown> = new Set([PROVIDERS_QUERY, COOKIE_SESSION]);
const RETRY_MS = 5_000;
const RETRYING = "Retrying every 5 seconds.";

const SessionContext = createContext<SignedIn | null>(null);

/** Renders its children for who is signed in, the sign-in page for everybody else. */
export function SessionGate({ children }: { children: ReactNode }) {
  const key = useSyncExternalStore(subscribeToKey, currentKey);
  const ended = useSyncExternalStore(subscribeToKey, endedSessions);
  const queries = useQueryClient();
  useEffect(() => {
    // What one person has read must not be shown to the next.
    if (key !== null) return;
    queries.getMutationCache().clear();
    queries.removeQueries({ predicate: ({ queryKey }) => !KEPT.has(queryKey[0]) });
    forgetConnection();
    forgetItems();
  }, [key, ended, queries]);
  return (
    <WithSession key={key ?? ended} apiKey={key}>
      {children}
    </WithSession>
  );
}

function WithSession({ apiKey, children }: { apiKey: string | null; children: ReactNode }) {
  const ended = useSyncExternalStore(subscribeToKey, endedSessions);
  const query = useQuery({
    queryKey: apiKey === null ? [COOKIE_SESSION, ended] : ["session"],
    queryFn: () => (apiKey === null ? fetchCookieSession() : fetchSession(apiKey)),
    staleTime: Infinity,
    refetchInterval: ({ state }) => (state.status === "error" ? RETRY_MS : false),
  });
  const session = query.data;
  const signedIn = useMemo(() => (session ? signedInAs(session, apiKey) : null), [session, apiKey]);
  if (signedIn !== null) return <SessionContext value={signedIn}>{children}</SessionContext>;
  if (session === null) return <SignIn />;
  if (query.isError) return <Failure error={query.error} what="your session" note={RETRYING} onRetry={() => void query.refetch()} />;
  return <Loading label="Signing in" />;
}

function signedInAs(session: Session, apiKey: string | null): SignedIn {
  const signOut = apiKey === null ? () => void endCookieSession().finally(() => endSession()) : () => forgetKey();
  return { ...session, can: (permission) => session.permissions.has(permission), signOut };
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
