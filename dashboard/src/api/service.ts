import { bodyOf, client } from "./client";

/** The version in the API's own description; null without one. */
export async function readApiVersion(signal: AbortSignal): Promise<string | null> {
  const description: unknown = await bodyOf(client.GET("/api/v1/openapi.json", { signal }));
  if (typeof description !== "object" || description === null || !("info" in description)) return null;
  const { info } = description;
  if (typeof info !== "object" || info === null || !("version" in info)) return null;
  return typeof info.version === "string" ? info.version : null;
}
