import { bodyOf, client, type Schemas } from "./client";

type NewToken = Schemas["BootstrapTokenBody"];
export type MintedToken = Schemas["BootstrapTokenView"];

/** The answer is the only one with the token itself; a repeated send is refused, for its text is stored nowhere. */
export function createBootstrapToken(body: NewToken, attempt: string): Promise<MintedToken> {
  return bodyOf(client.POST("/api/v1/agents/bootstrap-tokens", { body, params: { header: { "Idempotency-Key": attempt } } }));
}
