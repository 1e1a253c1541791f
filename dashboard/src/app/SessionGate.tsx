import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useEffect, useMemo, useRef, useSyncExternalStore } from "react";

import { forgetConnection } from "../api/connection";
import { messageOf } from "../api/errors";
import { forgetActs } from "../api/polling";
import { fetchSession, type Session, signOut } from "../api/session";
import { endedSessions, endSession, subscribeToSessionEnd } from "../api/sessionEnd";
import { PROVIDERS_QUERY } from "../api/signIn";
import { loadedPart } from "../components/lazyPage";
import { notify } from "../components/notices";
import { SessionContext, type SignedIn } from "../components/session";
import { Failure, Loading } from "../components/states";
import { forgetItems } from "./search/recent";
import { sessionQuery } from "./sessionQuery";

const SignIn = lazy(() => loadedPart(import("./SignIn").then(({ SignIn }) => ({ default: SignIn }))));

const KEPT: ReadonlySet<unknown> = new Set([PROVIDERS_QUERY, sessionQuery(0)[0]]);
const RETRY_MS = 5_000;
const RETRYING = "Retrying every 5 seconds.";
const ENDED = "Your session has ended. Sign in again.";

/** Renders its children for who is signed in, the sign-in page for everybody else. */
export function SessionGate({ children }: { children: ReactNode }) {
  const ended = useSyncExternalStore(subscribeToSessionEnd, endedSessions);
  const queries = useQueryClient();
  // Another tab may have signed out, or signed somebody else in: the cookie is the same.
  const query = useQuery({
    queryKey: sessionQuery(ended),
    queryFn: fetchSession,
    staleTime: Infinity,
    refetchOnWindowFocus: "always",
    refetchInterval: ({ state }) => (state.data === undefined && state.status === "error" ? RETRY_MS : false),
  });
  const session = query.data;
  useEffect(() => forgetEverything(queries), [ended, queries]);
  useEndWithTheCookie(session);
  const signedIn = useMemo(() => (session ? signedInAs(session) : null), [session]);
  if (signedIn !== null) return <SessionContext value={signedIn}>{children}</SessionContext>;
  if (session === null) {
    return (
      <Suspense fallback={<Loading />}>
        <SignIn />
      </Suspense>
    );
  }
  if (query.isError) return <Failure error={query.error} what="your session" note={RETRYING} onRetry={() => void query.refetch()} />;
  return <Loading label="Signing in" />;
}

/** What one person has read must not be shown to the next. */
function forgetEverything(queries: QueryClient): void {
  queries.getMutationCache().clear();
  queries.removeQueries({ predicate: ({ queryKey }) => !KEPT.has(queryKey[0]) });
  forgetConnection();
  forgetItems();
  forgetActs();
}

/** Ends what is shown once the cookie has another person's session, or none: who signed in again keeps what they filled in. */
function useEndWithTheCookie(session: Session | null | undefined): void {
  const shown = useRef<string | null>(null);
  useEffect(() => {
    const before = shown.current;
    shown.current = session ? holderOf(session) : null;
    if (before === null || session === undefined || shown.current === before) return;
    shown.current = null;
    endSession(session === null ? ENDED : null);
  }, [session]);
}

/** All sessions of a person are one; a key's are another's. */
function holderOf({ id, keyId, subjectId }: Session): string {
  return keyId === null && subjectId !== null ? subjectId : id;
}

function signedInAs(session: Session): SignedIn {
  return { ...session, can: (permission) => session.permissions.has(permission), signOut: () => void leave() };
}

async function leave(): Promise<void> {
  try {
    await signOut();
  } catch (error) {
    notify({ color: "red", title: "You are still signed in", message: messageOf(error) });
    return;
  }
  endSession();
}
