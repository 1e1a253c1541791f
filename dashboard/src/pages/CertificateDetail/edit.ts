/** What the edit form holds, and what is sent of it. */

import type { Certificate, CertificateEdit } from "../../api/certificates";

export interface EditDraft {
  name: string;
  environment: string;
  owner_id: string;
  team_id: string;
  renewal_policy_id: string;
  target_ids: string[];
  /** "key=value". */
  tags: string[];
}

export function draftOf({ name, environment, owner_id, team_id, renewal_policy_id, target_ids, tags }: Certificate): EditDraft {
  const pairs = Object.entries(tags).map(([key, value]) => `${key}=${value}`);
  return { name, environment, owner_id, team_id, renewal_policy_id, target_ids, tags: pairs };
}

export function problemsOf({ name, tags, target_ids }: EditDraft): Partial<Record<string, string>> {
  const wrongTag = tags.find((tag) => !/^[^=]+=/.test(tag));
  return {
    ...(name.trim() === "" && { name: "Enter a name." }),
    ...(target_ids.length > 20 && { target_ids: "At most 20 targets." }),
    ...(wrongTag !== undefined && { tags: `${wrongTag} is not in the form key=value.` }),
  };
}

/** Only what was changed: what is left out stays. */
export function changesOf(before: Certificate, draft: EditDraft): CertificateEdit {
  const tags = Object.fromEntries(draft.tags.map((tag) => [tag.slice(0, tag.indexOf("=")), tag.slice(tag.indexOf("=") + 1)]));
  const wanted = { ...draft, name: draft.name.trim(), environment: draft.environment.trim(), tags };
  const changed = Object.entries(wanted).filter(
    ([field, value]) => JSON.stringify(value) !== JSON.stringify(before[field as keyof Certificate]),
  );
  return Object.fromEntries(changed);
}
