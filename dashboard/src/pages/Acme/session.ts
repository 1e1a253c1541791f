import { useSession } from "../../components/session";

/** Whether the API refuses to write EAB keys in this session: it began with an API key, which EAB keys would outlast. */
export function useIsRefusedSession(): boolean {
  return useSession().keyId !== null;
}
