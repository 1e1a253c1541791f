/** What each bulk action does to one certificate. They are sent one by one, each under its own checks. */

import { archiveCertificate, type Certificate, type CertificateEdit, editCertificate, renewCertificate } from "../../api/certificates";
import type { ActionName } from "./selected";

/** What the forms fill in; each action reads its own. */
export interface BulkInput {
  /** "": as it is. */
  owner_id: string;
  team_id: string;
  /** "key=value". */
  tags: string[];
  /** Keys. */
  removed: string[];
  keepValid: boolean;
}

export const EMPTY_INPUT: BulkInput = { owner_id: "", team_id: "", tags: [], removed: [], keepValid: false };

/** What the API answered; a renewal goes on as a job. */
export interface Outcome {
  note: string;
  jobId: string | null;
}

export interface BulkAction {
  /** "Renew". */
  verb: string;
  /** "would be renewed". */
  would: string;
  /** Why the API would refuse it or nothing would change, as far as the record tells; null if it may go through. */
  whyNot: (certificate: Certificate, input: BulkInput) => string | null;
  /** What is missing in the form; null if nothing. */
  missing: (input: BulkInput) => string | null;
  run: (certificate: Certificate, input: BulkInput) => Promise<Outcome>;
}

const ENDED = ["Revoked", "Archived"];

function ended({ status }: Certificate): string | null {
  return ENDED.includes(status) ? `It is ${status.toLowerCase()}.` : null;
}

function whyNotRenewed(certificate: Certificate): string | null {
  if (certificate.status === "OnHold") return "It is on hold.";
  if (certificate.open_job_id !== null) return "It already has an open job.";
  return ended(certificate);
}

const done = (note: string): Outcome => ({ note, jobId: null });

async function edited(certificate: Certificate, changes: CertificateEdit): Promise<Outcome> {
  await editCertificate(certificate.id, certificate.version, changes);
  return done("Changed");
}

function reassigned({ owner_id, team_id }: BulkInput): CertificateEdit {
  return { ...(owner_id !== "" && { owner_id }), ...(team_id !== "" && { team_id }) };
}

/** The other tags stay. */
function tagsAfter(
  before: Readonly<Record<string, string>>,
  { tags, removed }: Pick<BulkInput, "tags" | "removed">,
): Record<string, string> {
  const kept = Object.entries(before).filter(([key]) => !removed.includes(key));
  const added = tags.map((tag): [string, string] => [tag.slice(0, tag.indexOf("=")), tag.slice(tag.indexOf("=") + 1)]);
  return Object.fromEntries([...kept, ...added]);
}

function sameTags(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

function missingTags({ tags, removed }: BulkInput): string | null {
  const wrong = tags.find((tag) => !/^[^=]+=/.test(tag));
  if (wrong !== undefined) return `${wrong} is not in the form key=value.`;
  return tags.length + removed.length === 0 ? "Add or remove a tag." : null;
}

export const ACTIONS: Record<ActionName, BulkAction> = {
  renew: {
    verb: "Renew",
    would: "would be renewed",
    whyNot: whyNotRenewed,
    missing: () => null,
    run: async ({ id }) => ({ note: "Started", jobId: (await renewCertificate(id, null)).job_id }),
  },
  reassign: {
    verb: "Reassign",
    would: "would be reassigned",
    whyNot: (row, { owner_id, team_id }) =>
      ended(row) ??
      ((owner_id === "" || owner_id === row.owner_id) && (team_id === "" || team_id === row.team_id) && owner_id + team_id !== ""
        ? "It already has this owner and team."
        : null),
    missing: ({ owner_id, team_id }) => (owner_id + team_id === "" ? "Choose an owner or a team." : null),
    run: (row, input) => edited(row, reassigned(input)),
  },
  tags: {
    verb: "Edit tags of",
    would: "would get new tags",
    whyNot: (row, input) =>
      ended(row) ?? (missingTags(input) === null && sameTags(row.tags, tagsAfter(row.tags, input)) ? "It already has these tags." : null),
    missing: missingTags,
    run: (row, input) => edited(row, { tags: tagsAfter(row.tags, input) }),
  },
  archive: {
    verb: "Archive",
    would: "would be archived",
    whyNot: ended,
    missing: () => null,
    run: async ({ id, version }, { keepValid }) => {
      await archiveCertificate(id, version, keepValid);
      return done("Archived");
    },
  },
};
