/** A channel as it is filled in. */

import type { Channel, ChannelDefinition, ChannelEdit, ChannelKind, NewChannel } from "../../api/channels";
import { ApiError } from "../../api/errors";
import { fieldsOf, problemOf, type Settings } from "./settings";

export interface ChannelDraft {
  id: string;
  kind: ChannelKind;
  enabled: boolean;
  teamId: string;
  settings: Settings;
}

/** By field: `id`, `team_id`, `settings.<name>`. */
export type Problems = Record<string, string>;

const ID = /^[a-z0-9][a-z0-9-]{2,63}$/;

export function newDraft(kind: ChannelKind): ChannelDraft {
  return { id: "", kind, enabled: true, teamId: "", settings: {} };
}

export function draftOf({ id, kind, enabled, team_id, settings }: Channel): ChannelDraft {
  return { id, kind, enabled, teamId: team_id ?? "", settings };
}

/** `before` is the channel that is edited, null for a new one. */
export function problemsOf(draft: ChannelDraft, definition: ChannelDefinition, before: Channel | null): Problems {
  const problems: Problems = {};
  if (before === null && !ID.test(draft.id)) problems.id = "3 to 64 lowercase letters, digits and hyphens.";
  if (before === null && draft.id.endsWith("-default")) problems.id = "Names that end in -default are reserved for the deployment.";
  for (const field of fieldsOf(definition, draft.settings)) {
    const found = problemOf(field, draft.settings[field.name] ?? "", before?.settings[field.name]);
    if (found !== null) problems[`settings.${field.name}`] = found;
  }
  return problems;
}

export function newChannelOf(draft: ChannelDraft, definition: ChannelDefinition): NewChannel {
  return { id: draft.id, kind: draft.kind, enabled: draft.enabled, team_id: draft.teamId || null, settings: settingsOf(draft, definition) };
}

export function editOf(draft: ChannelDraft, definition: ChannelDefinition, before: Channel): ChannelEdit {
  const { version } = before;
  return {
    enabled: draft.enabled,
    team_id: draft.teamId || null,
    settings: settingsOf(draft, definition),
    ...(version !== null && { version }),
  };
}

/** Without what belongs to another kind or transport, and without empty texts. */
function settingsOf({ settings }: ChannelDraft, definition: ChannelDefinition): Settings {
  const names = fieldsOf(definition, settings).map((field) => field.name);
  const texts = names.map((name) => [name, (settings[name] ?? "").trim()] as const);
  return Object.fromEntries(texts.filter(([, text]) => text !== ""));
}

/** What the API says of single fields. */
export function problemsIn(error: Error | null): Problems {
  if (!(error instanceof ApiError)) return {};
  return Object.fromEntries(error.errors.map(({ field, message }) => [field, message]));
}
