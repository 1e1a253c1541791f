/** The command that creates the key of a draft: a session that was started with a key creates none. */

import type { NewApiKey } from "../../api/apiKeys";
import { bodyOfDraft, type KeyDraft } from "./keyDraft";

const PLAIN = /^[\w.@:/+-]+$/;

/** For a POSIX shell. */
export function commandOf(draft: KeyDraft): string {
  return ["certctl keys create", ...optionsOf(draft)].join(" ");
}

function optionsOf(draft: KeyDraft): string[] {
  const { name, role, teams, owner_id, subject_id, actions, names, expires_at } = bodyOfDraft(draft) satisfies NewApiKey;
  return [
    ...option("name", [name === "" ? "NAME" : name]),
    ...option("role", [role]),
    ...option("team", typeof teams === "string" ? [teams] : teams),
    ...option("owner", [owner_id]),
    ...option("account", [subject_id]),
    ...option("action", actions),
    ...option("names", names),
    ...option("expires", [spanOf(draft) ?? expires_at]),
  ];
}

/** Days from now, where the draft has them. */
function spanOf({ expiry }: KeyDraft): string | null {
  return /^\d+$/.test(expiry) ? `${expiry}d` : null;
}

/** Once for each value that there is. */
function option(name: string, values: readonly (string | null | undefined)[] | null | undefined): string[] {
  return (values ?? []).flatMap((value) => (value == null ? [] : [`--${name} ${quoted(value)}`]));
}

function quoted(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
