/** What the form holds, and what is sent of it. */

import type { NewCertificate } from "../../api/certificates";
import type { FieldProblem } from "../../api/errors";
import { checkPem } from "../../components/pki/checkPem";

export interface Draft {
  /** Whether the request comes now or later. */
  isLater: boolean;
  csr: string;
  common_name: string;
  sans: string[];
  name: string;
  environment: string;
  team_id: string;
  owner_id: string;
  issuer_id: string;
  profile_id: string;
  renewal_policy_id: string;
  target_ids: string[];
  /** "key=value". */
  tags: string[];
}

export const EMPTY: Draft = {
  isLater: false,
  csr: "",
  common_name: "",
  sans: [],
  name: "",
  environment: "",
  team_id: "",
  owner_id: "",
  issuer_id: "",
  profile_id: "",
  renewal_policy_id: "",
  target_ids: [],
  tags: [],
};

export type Problems = Partial<Record<string, string>>;

const MOST_NAMES = 80;
const MOST_TARGETS = 20;
const OPTIONAL = ["name", "environment", "team_id", "owner_id", "issuer_id", "profile_id", "renewal_policy_id"] as const;

export const STEPS = ["Request", "Names", "Details"] as const;
const STEP_OF: Record<string, number> = { csr_pem: 0, common_name: 1, sans: 1 };

export function requestProblems({ isLater, csr }: Draft): Problems {
  if (isLater) return {};
  if (csr.trim() === "") return { csr_pem: "Paste the CSR, or choose to submit it later." };
  const check = checkPem(csr);
  return check.kind === "wrong" ? { csr_pem: check.reason } : {};
}

/** `asked` are the names in the request: it may leave names of the certificate out, never add any. */
export function nameProblems({ common_name, sans }: Draft, asked: readonly string[]): Problems {
  const problems: Problems = {};
  if (common_name.trim() === "") problems.common_name = "Enter a common name.";
  if (sans.length > MOST_NAMES) problems.sans = `At most ${MOST_NAMES} names.`;
  const here = new Set([common_name, ...sans].map(plainName));
  const extra = asked.filter((name) => !here.has(plainName(name)));
  if (extra.length > 0) problems.sans = `The CSR also contains ${extra.join(", ")}: add it here, or create another CSR.`;
  return problems;
}

export function detailProblems(draft: Draft): Problems {
  const problems: Problems = {};
  if (draft.target_ids.length > MOST_TARGETS) problems.target_ids = `At most ${MOST_TARGETS} targets.`;
  const wrongTag = draft.tags.find((tag) => !/^[^=]+=/.test(tag));
  if (wrongTag !== undefined) problems.tags = `${wrongTag} is not in the form key=value.`;
  return problems;
}

function plainName(name: string): string {
  return name
    .trim()
    .replace(/^(DNS|IP|email|URI):/i, "")
    .toLowerCase();
}

/** Only what was filled in: the API has defaults for the rest. */
export function bodyOf(draft: Draft): NewCertificate {
  const set = OPTIONAL.map((field) => [field, draft[field].trim()] as const).filter(([, value]) => value);
  const tags = draft.tags.map((tag) => [tag.slice(0, tag.indexOf("=")), tag.slice(tag.indexOf("=") + 1)]);
  return {
    common_name: draft.common_name.trim(),
    ...(Object.fromEntries(set) as Partial<NewCertificate>),
    ...(draft.sans.length > 0 && { sans: draft.sans }),
    ...(draft.target_ids.length > 0 && { target_ids: draft.target_ids }),
    ...(tags.length > 0 && { tags: Object.fromEntries(tags) as Record<string, string> }),
    ...(!draft.isLater && { csr_pem: draft.csr }),
  };
}

/** The API's words, by field; and the first step on which one of them is shown. */
export function placed(errors: readonly FieldProblem[]): { problems: Problems; step: number } {
  const fields = errors.map(({ field, message }) => [field.split(".")[0] ?? field, message] as const);
  const steps = fields.map(([field]) => STEP_OF[field] ?? STEPS.length - 1);
  return { problems: Object.fromEntries(fields), step: Math.min(...steps, STEPS.length - 1) };
}
