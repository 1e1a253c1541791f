import { bodyOf, client, done, type Page, type Schemas } from "./client";
import type { PageRequest } from "./paging";

export type UserSession = Schemas["UserSessionView"];

export const userSessionKeys = {
  of: (userId: string) => ["user-sessions", userId] as const,
};

/** The live ones, newest first: all of them, for there are 20 at most. */
export async function listUserSessions(userId: string, { signal }: PageRequest): Promise<Page<UserSession>> {
  const { data } = await bodyOf(client.GET("/api/v1/auth/users/{user_id}/sessions", { params: { path: { user_id: userId } }, signal }));
  return { data, next_cursor: null };
}

/** With the tokens of assistants that were made with it. */
export function endUserSession(userId: string, sessionId: string): Promise<void> {
  const path = { user_id: userId, session_id: sessionId };
  return done(client.DELETE("/api/v1/auth/users/{user_id}/sessions/{session_id}", { params: { path } }));
}
