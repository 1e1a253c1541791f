import { bodyOf, client, type Schemas } from "./client";

export type LoginRequest = Schemas["LoginCodeBody"];
export type LoginCode = Schemas["LoginCodeView"];

/** The answer is the only one with the code itself. */
export function createLoginCode(body: LoginRequest): Promise<LoginCode> {
  return bodyOf(client.POST("/api/v1/auth/codes", { body }));
}

/** The provider that the person signed in with; null after a sign-in with a key. */
export async function readProvider(signal: AbortSignal): Promise<string | null> {
  const { sign_in } = await bodyOf(client.GET("/api/v1/auth/session", { signal }));
  return sign_in?.provider_id ?? null;
}
