import { bodyOf, client, type Schemas } from "./client";

export type NamesPreview = Schemas["NamesPreviewView"];
export type RefusedCertificate = Schemas["RefusedCertificateView"];

/** What a team's names are tried on: those of one team. */
export interface TriedNames {
  teamId: string;
  allowedNames: readonly string[];
}

/** The most that one request examines. */
const EXAMINED = 500;

/** Which certificates would be refused: those of one page, oldest first. Nothing is stored. */
export function previewNames({ teamId, allowedNames }: TriedNames, cursor: string | undefined, signal: AbortSignal): Promise<NamesPreview> {
  const body = { allowed_names: [...allowedNames], per_page: EXAMINED, ...(cursor !== undefined && { cursor }) };
  return bodyOf(client.POST("/api/v1/teams/{team_id}/names/preview", { params: { path: { team_id: teamId } }, body, signal }));
}
